"""Reading for the pages of routing: rules in words, how often each fitted, trials, history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from yuanzhi.accounts import wording
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel import clock
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.registry.models import Grid, Park

from .access import EDIT_ROUTING, SEE_ROUTING
from .models import Case, CaseTerms, Desk, DeskSeat, RoutingRule, RoutingTrial
from .partner_kinds import partner_kinds
from .promises import clock_of
from .queries_people import away_on, loads_of
from .queries_routing import Catalogue, catalogue_of, choices_names
from .routing import Condition, say, words_of

LATELY = dt.timedelta(days=90)
SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A rule as the page shows it."""

    rule: RoutingRule
    place: int
    wishes: tuple[str, ...]
    does: tuple[str, ...]
    hits: int


def rules_visible_to(actor: Actor) -> list[RoutingRule]:
    """Every rule, switched off or not, in order. One query."""
    if not actor.community_id or not actor.may(SEE_ROUTING):
        return []
    return list(RoutingRule.objects.filter(community_id=actor.community_id))


def rule_for(actor: Actor, pk: int) -> RoutingRule | None:
    """A rule of the actor's community."""
    if not actor.may(SEE_ROUTING):
        return None
    return RoutingRule.objects.filter(community_id=actor.community_id, pk=pk).first()


def hits_of(community_id: int) -> dict[int, int]:
    """{rule: cases it routed in 90 days}. One query, answered from the index."""
    since = clock.now() - LATELY
    mine = RoutingRule.objects.filter(community_id=community_id).order_by().values("pk")
    rows = Case.objects.filter(routed_by__in=mine, opened_at__gte=since)
    return dict(rows.order_by().values_list("routed_by").annotate(n=Count("pk")))


def lines_of(actor: Actor, catalogue: Catalogue) -> list[Line]:
    """The list. Four queries, whatever its length."""
    rules, hits = rules_visible_to(actor), hits_of(actor.community_id)
    for rule in rules:
        rule.desk = catalogue.desks[rule.desk_id]
    names = dict(choices_names())
    parks = dict(Park.objects.filter(community_id=actor.community_id).values_list("pk", "name"))
    grids = dict(Grid.objects.filter(community_id=actor.community_id).values_list("pk", "name"))
    kinds = dict(partner_kinds(actor.community_id))
    return [
        Line(
            rule,
            place,
            tuple(_wishes(rule, catalogue, names, parks, grids)),
            tuple(_does(rule, catalogue, kinds)),
            hits.get(rule.pk, 0),
        )
        for place, rule in enumerate(rules, 1)
    ]


def _wishes(
    rule: RoutingRule,
    catalogue: Catalogue,
    names: dict[str, str],
    parks: dict[int, str],
    grids: dict[int, str],
) -> list[str]:
    said = []
    if words := words_of(rule.words):
        shown = "、".join(f"“{word}”" for word in words[:6])
        said.append(f"说到{shown}" + (f"等 {len(words)} 种说法" if len(words) > 6 else ""))
    if rule.item_id:
        item = catalogue.now(rule.item_id)
        said.append(f"事项是{item.name}" if item else "事项已停用")
    if rule.channels:
        labels = dict(Case.Channel.choices)
        said.append("来自" + "、".join(str(labels.get(code, code)) for code in rule.channels))
    for title, ids, known in (("网格", rule.grids, grids), ("园区", rule.parks, parks)):
        if ids:
            shown = "、".join(known.get(pk, "（已不在）") for pk in ids[:4])
            said.append(f"{title}是{shown}" + (f"等 {len(ids)} 个" if len(ids) > 4 else ""))
    said += [say(Condition(w["fact"], w["op"], w.get("value")), names) for w in rule.facts]
    return said or ["什么都行：前面都没命中的归这里"]


def _does(rule: RoutingRule, catalogue: Catalogue, kinds: dict[str, str]) -> list[str]:
    done = []
    if rule.owner_id:
        done.append(f"给{rule.owner_name}")
    if rule.give_item_id and (item := catalogue.now(rule.give_item_id)):
        done.append(f"事项定为{item.name}")
    if rule.partner_kind:
        done.append(f"建议请{kinds.get(rule.partner_kind, rule.partner_kind)}")
    return done


def trial_for(actor: Actor, pk: int) -> RoutingTrial | None:
    """A dry run of the actor's community."""
    if not actor.may(EDIT_ROUTING):
        return None
    return RoutingTrial.objects.filter(community_id=actor.community_id, pk=pk).first()


_FIELDS = {
    "name": "名称", "words": "说到", "item_id": "事项", "channels": "渠道", "grids": "网格", "parks": "园区",
    "facts": "企业条件", "desk_id": "派到", "owner_id": "指定给", "give_item_id": "事项定为",
    "partner_kind": "建议请谁", "place": "位置", "share": "份额",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One line of what was changed."""

    text: str
    detail: str
    who: str
    at: dt.datetime


def history_of(actor: Actor) -> list[Change]:
    """What was changed about routing, the newest first. One query."""
    rows = HistoryEntry.objects.filter(context=f"routing:{actor.community_id}", chain=actor.community_id)
    entries = rows.exclude(verb__in=["rule.tried", "routing.asked_to_learn"]).order_by("-seq")[:SHOWN]
    return [_change(entry) for entry in entries]


def _change(entry: HistoryEntry) -> Change:
    facts = entry.details
    name = facts.get("name") or facts.get("person") or ""
    text = wording.name_of(entry.verb) + (f"：{name}" if name else "")
    changed, detail = facts.get("changes", {}), ""
    if entry.verb == "routing.learned":
        detail = f"{facts['cases']} 件，{facts['items']} 类，F1 {facts['score']:.2f}"
    elif entry.verb in ("rule.moved", "routing.share_set"):
        detail = "，".join(f"{_FIELDS[field]} {old} → {new}" for field, (old, new) in changed.items())
    elif entry.verb == "rule.changed":
        detail = "改了" + "、".join(_FIELDS[field] for field in changed if field in _FIELDS)
    return Change(text, detail, entry.actor_label, entry.at)


@dataclass(frozen=True)
class Offers:
    """What a rule's form offers."""

    desks: list[Desk]
    catalogue: Catalogue
    parks: list[tuple[int, str]]
    grids: list[tuple[int, str]]
    people: list[tuple[int, str]]
    kinds: list[tuple[str, str]]


def offers_for(actor: Actor) -> Offers:
    """Everything of the community a rule may name. Six queries."""
    here = actor.community_id
    catalogue = catalogue_of(here)
    officers = members_of(here, Role.DESK_OFFICER, kind=Kind.DESK)
    people: dict[int, str] = {}
    for member in officers:
        desk = catalogue.desks.get(member.scope_id or 0)
        people.setdefault(member.user_id, f"{member.user.name}（{desk.short if desk else '各窗口'}）")
    return Offers(
        desks=list(catalogue.desks.values()),
        catalogue=catalogue,
        parks=list(Park.objects.filter(community_id=here).order_by("name").values_list("pk", "name")),
        grids=list(Grid.objects.filter(community_id=here).order_by("number").values_list("pk", "name")),
        people=sorted(people.items(), key=lambda row: row[1]),
        kinds=partner_kinds(here),
    )


@dataclass(frozen=True)
class Seat:
    """Somebody at a desk, for the table of shares."""

    user_id: int
    name: str
    share: int
    load: int
    is_away: bool


def seats_of(actor: Actor, desks: dict[int, Desk]) -> list[tuple[Desk, list[Seat]]]:
    """Who sits at each desk, with share, load and absence. Six queries."""
    members = list(members_of(actor.community_id, Role.DESK_OFFICER, kind=Kind.DESK))
    ids = [member.user_id for member in members]
    now = clock.now()
    loads = loads_of(actor.community_id, ids, now, clock_of(actor.community_id).soon(now))
    away = away_on(actor.community_id, timezone.localdate(), ids)
    seats = DeskSeat.objects.filter(desk__in=list(desks), user_id__in=ids)
    shares = {(seat.desk_id, seat.user_id): seat.share for seat in seats}
    found: dict[int, dict[int, Seat]] = {pk: {} for pk in desks}
    for member in members:
        for pk in [member.scope_id] if member.scope_id else desks:
            if pk in found:
                user = member.user_id
                found[pk][user] = Seat(
                    user, member.user.name, shares.get((pk, user), 100), loads.get(user, 0), user in away
                )
    return [(desks[pk], list(people.values())) for pk, people in found.items()]


def is_assigning(actor: Actor) -> bool:
    """Whether cases are given to somebody as they come in. One query."""
    return CaseTerms.objects.filter(community_id=actor.community_id, assigns=True).exists()
