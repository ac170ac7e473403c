"""The one door by which a need finds its desk: rules, then what was learned, then the catalogue, then the
default; always with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.models import Building, Enterprise

from ..models import Case, Desk, ServiceItem
from ..queries_people import away_on
from ..queries_routing import Catalogue, as_rule, catalogue_of, known_of, names_for, rules_in_force
from ..routing import Outcome, Rule, first_match
from ..rules import title_of
from ..suggesting import Suggestion, suggest

DEFAULT_DESK = Desk.Code.ECONOMY  # where the report's four windows send what fits nowhere else
WHY_FITS = 200


@dataclass(frozen=True)
class Routing:
    """Where a need goes and why. `owner` only where a rule names somebody who is still there."""

    desk: Desk
    item: ServiceItem | None
    why: str
    by: str  # item, rule, learned, catalogue or default
    owner: User | None = None
    partner_kind: str = ""
    rule_id: int | None = None
    suggestion: Suggestion = Suggestion()
    undecided: tuple[str, ...] = ()

    def fields(self) -> dict[str, object]:
        """As columns of a new case (desk, item and owner are the caller's: a person may have chosen)."""
        return {
            "routed_why": self.why[:WHY_FITS],
            "routed_by_id": self.rule_id,
            "partner_kind": self.partner_kind,
        }


def route(
    *,
    actor: Actor,
    words: str,
    title: str = "",
    enterprise: Enterprise | None = None,
    item: ServiceItem | None = None,
    building: Building | None = None,
    channel: str = Case.Channel.DESK,
) -> Routing:
    """Where this need goes. Reads only. Raises Refused when the community has no desks.

    An item somebody chose stays, whatever the words say; a rule may still send it to another desk.
    """
    catalogue = catalogue_of(actor.community_id)
    if not catalogue.desks:
        raise Refused("社区还没有设窗口：请先到“社区设置”里设好四个窗口")
    title = title.strip() or title_of(words)
    outcome = _by_rules(actor, catalogue, f"{title}\n{words}", enterprise, item, building, channel)
    if outcome.rule is not None:
        return _ruled(actor, outcome, outcome.rule, catalogue, item)
    if item is not None:
        chosen = catalogue.now(item.pk) or item
        return Routing(chosen.desk, chosen, f"事项是“{chosen.name}”", "item", undecided=outcome.undecided)
    return _suggested(suggest(actor.community_id, title, words, catalogue), catalogue, outcome.undecided)


def _by_rules(
    actor: Actor,
    catalogue: Catalogue,
    words: str,
    enterprise: Enterprise | None,
    item: ServiceItem | None,
    building: Building | None,
    channel: str,
) -> Outcome:
    rules = [as_rule(row, catalogue) for row in rules_in_force(actor.community_id)]
    if not rules:
        return Outcome(None)
    root = catalogue.root.get(item.pk) if item else None
    known = known_of(
        words, channel=channel, item_root=root, enterprise=enterprise, building=building, asks=rules
    )
    return first_match(rules, known.need, names_for(catalogue, known.park, known.grid))


def _ruled(
    actor: Actor, outcome: Outcome, rule: Rule, catalogue: Catalogue, item: ServiceItem | None
) -> Routing:
    owner, absent = _named(actor, rule)
    return Routing(
        desk=catalogue.desks[rule.desk],
        item=item or catalogue.now(rule.give_item),
        why=f"{outcome.why}{absent}",
        by="rule",
        owner=owner,
        partner_kind=rule.partner_kind,
        rule_id=rule.id,
        undecided=outcome.undecided,
    )


def _named(actor: Actor, rule: Rule) -> tuple[User | None, str]:
    """Whom a rule names, unless away or gone: then the desk gives it to somebody who is there."""
    if not rule.owner:
        return None, ""
    owner = User.objects.filter(pk=rule.owner, is_active=True).first()
    if owner is None:
        return None, ""
    if away_on(actor.community_id, timezone.localdate(), [owner.pk]):
        return None, f"（{owner.name}这几天不在）"
    return owner, ""


def _suggested(found: Suggestion, catalogue: Catalogue, undecided: tuple[str, ...]) -> Routing:
    best = found.best
    if best is None:
        desk = catalogue.desk(DEFAULT_DESK) or next(iter(catalogue.desks.values()))
        return Routing(
            desk,
            None,
            f"没认出是什么事，先放{desk.name}窗口",
            "default",
            suggestion=found,
            undecided=undecided,
        )
    if found.is_sure:
        return Routing(best.desk, best.item, found.why, found.source, suggestion=found, undecided=undecided)
    # Not clear: a person says which item it is; the desk is the likeliest one's.
    why = f"{found.why}：先放{best.desk.name}窗口"
    return Routing(best.desk, None, why, found.source, suggestion=found, undecided=undecided)
