"""Writing routing rules: each change is recorded; what past cases were told stays as it was."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.jobs import once
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.registry.models import Grid, Park

from ..access import EDIT_ROUTING
from ..models import Case, Desk, RoutingRule, ServiceItem
from ..queries_people import officers_of
from ..routing import FACTS, MAX_WORDS, OPS, Kind, words_of

MOST = 200  # rules of a community; more can't be overseen by anybody
FIELDS = (
    "name", "item_id", "words", "parks", "grids", "channels", "facts", "desk_id", "give_item_id",
    "owner_id", "owner_name", "partner_kind",
)  # fmt: skip


def as_data(rule: RoutingRule) -> dict[str, Any]:
    """A rule as plain data, for a dry run, the history and the form."""
    return {name: getattr(rule, name) for name in FIELDS}


@action
def save_rule(
    *,
    actor: Actor,
    data: dict[str, Any],
    rule: RoutingRule | None = None,
    seen: int | None = None,
    key: str = "",
) -> RoutingRule:
    """Add a rule at the end of the list, or change one. `seen` is the version on which a change was made;
    `key` makes a form sent twice one rule. Raises Refused, Overtaken."""
    permit(actor)
    data = checked(actor, data)
    if rule is None:
        return _add(actor, data, key)
    before = as_data(rule)
    if changes(before, data) == {}:
        return rule
    rows = RoutingRule.objects.filter(pk=rule.pk, community_id=actor.community_id)
    won = rows.filter(version=rule.version if seen is None else seen).update(**data, version=F("version") + 1)
    if not won:
        raise Overtaken("这条规则刚被别人改过：请刷新看看，再改一次")
    rule = rows.get()
    _record(actor, "rule.changed", rule, changes=changes(before, data))
    return rule


def _add(actor: Actor, data: dict[str, Any], key: str) -> RoutingRule:
    rows = RoutingRule.objects.filter(community_id=actor.community_id)
    if key and not once(f"rule:{actor.community_id}:{key[:64]}"):
        twin = rows.filter(name=data["name"]).order_by("-pk").first()
        if twin is not None:
            return twin
    if rows.count() >= MOST:
        raise Refused(f"规则最多 {MOST} 条：停用一些，或把说法相近的合成一条")
    last = rows.aggregate(last=Max("order"))["last"] or 0
    rule = RoutingRule.objects.create(community_id=actor.community_id, order=last + 1, **data)
    _record(actor, "rule.added", rule, changes=changes({}, data))
    return rule


@action
def move_rule(*, actor: Actor, rule: RoutingRule, up: bool, seen: int | None = None) -> None:
    """One place up or down. `seen`: the place the page showed; another one means somebody was faster."""
    permit(actor)
    rows = list(RoutingRule.objects.select_for_update().filter(community_id=actor.community_id))
    places = [row.pk for row in rows]
    if rule.pk not in places:
        raise Refused("这条规则不在了")
    at = places.index(rule.pk)
    if seen is not None and seen != at + 1:
        raise Overtaken("顺序刚被别人动过：请看看现在的顺序，再移")
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for place, row in enumerate(rows, 1):
        row.order = place
    RoutingRule.objects.bulk_update(rows, ["order"])
    _record(actor, "rule.moved", rule, changes={"place": [at + 1, to + 1]})


@action
def place_rules(*, actor: Actor, ids: list[int]) -> None:
    """Put these rules first, in this order; the others follow as they were."""
    permit(actor)
    rows = list(RoutingRule.objects.select_for_update().filter(community_id=actor.community_id))
    wanted = {pk: place for place, pk in enumerate(ids)}
    moved = sorted(rows, key=lambda row: wanted.get(row.pk, len(ids)))
    if [row.pk for row in moved] == [row.pk for row in rows]:
        return
    for place, row in enumerate(moved, 1):
        row.order = place
    RoutingRule.objects.bulk_update(moved, ["order"])
    record(
        actor=actor,
        verb="rule.placed",
        subject=f"community:{actor.community_id}",
        context=f"routing:{actor.community_id}",
        names=[row.name for row in moved],
        was=[row.pk for row in rows],
    )


@action
def drop_rule(*, actor: Actor, rule: RoutingRule) -> bool:
    """Take away a rule that has routed nothing yet; one that has is switched off. Whether it is gone."""
    permit(actor)
    if Case.objects.filter(routed_by=rule).exists():
        switch_rule(actor=actor, rule=rule, on=False)
        return False
    _record(actor, "rule.dropped", rule)
    RoutingRule.objects.filter(pk=rule.pk, community_id=actor.community_id).delete()
    return True


@action
def switch_rule(*, actor: Actor, rule: RoutingRule, on: bool) -> None:
    """Switch a rule off or on again. It keeps its place and what it has routed."""
    permit(actor)
    rows = RoutingRule.objects.filter(pk=rule.pk, community_id=actor.community_id, is_active=not on)
    if rows.update(is_active=on, version=F("version") + 1):
        _record(actor, "rule.switched_on" if on else "rule.switched_off", rule)


def permit(actor: Actor) -> None:
    """Rules are the lead's. Raises Refused."""
    if not actor.is_system and not actor.may(EDIT_ROUTING):
        raise Refused("派件的规矩由书记（站长）定")


def _record(actor: Actor, verb: str, rule: RoutingRule, **facts: Any) -> None:
    record(
        actor=actor, verb=verb, subject=rule, context=f"routing:{actor.community_id}", name=rule.name, **facts
    )


def checked(actor: Actor, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a rule with everything in it looked up in the actor's community. Raises Refused."""
    here = actor.community_id
    row: dict[str, Any] = {name: data.get(name) for name in FIELDS}
    row["name"] = (row["name"] or "").strip()[:40]
    if not row["name"]:
        raise Refused("给规则起个名字：派件时会写“规则‘欠款’：说到‘尾款’”")
    words = words_of(row["words"] or "")
    if len(words) > MAX_WORDS:
        raise Refused(f"说法最多写 {MAX_WORDS} 个，这里有 {len(words)} 个：分成两条规则")
    if short := next((word for word in words if len(word) < 2), ""):
        raise Refused(f"“{short}”只有一个字，几乎什么话里都有：写成两个字以上的说法")
    row["words"] = "、".join(words)
    if len(row["words"]) > 400:
        raise Refused("说法合起来太长了：分成两条规则")
    desk = Desk.objects.filter(pk=row["desk_id"] or 0, community_id=here).first()
    if desk is None:
        raise Refused("派到哪个窗口还没选")
    for name in ("item_id", "give_item_id"):
        if row[name] and not ServiceItem.objects.filter(pk=row[name], desk__community_id=here).exists():
            raise Refused("选的事项不在本社区的目录里：请重新选")
    row["parks"] = _ids(Park, row["parks"], here, "园区")
    row["grids"] = _ids(Grid, row["grids"], here, "网格")
    row["channels"] = sorted(set(row["channels"] or []))
    if unknown := set(row["channels"]) - set(Case.Channel.values):
        raise Refused(f"没有“{'、'.join(sorted(unknown))}”这个渠道")
    row["facts"] = [_condition(wish) for wish in row["facts"] or []]
    row["partner_kind"] = (row["partner_kind"] or "")[:20]
    row["owner_id"], row["owner_name"] = _owner(desk, row["owner_id"])
    return row


def _ids(model: Any, ids: Any, community_id: int, name: str) -> list[int]:
    wanted = sorted({int(pk) for pk in ids or []})
    if wanted and model.objects.filter(pk__in=wanted, community_id=community_id).count() != len(wanted):
        raise Refused(f"选的{name}不在本社区：请重新选")
    return wanted


def _condition(wish: dict[str, Any]) -> dict[str, Any]:
    fact = FACTS.get(wish.get("fact", ""))
    if fact is None or wish.get("op") not in OPS[fact.kind]:
        raise Refused("有一个企业条件看不懂：请重新选")
    if fact.kind is Kind.FLAG:
        return {"fact": wish["fact"], "op": wish["op"]}
    if fact.kind is Kind.CHOICE:
        return {"fact": wish["fact"], "op": wish["op"], "value": sorted(map(str, wish.get("value") or []))}
    return {"fact": wish["fact"], "op": wish["op"], "value": str(wish["value"])}


def _owner(desk: Desk, owner_id: int | None) -> tuple[int | None, str]:
    if not owner_id:
        return None, ""
    if owner_id not in {member.user_id for member in officers_of(desk)}:
        raise Refused(f"指定的人不在{desk.name}窗口：换一个人，或留空由窗口轮着派")
    return owner_id, User.objects.values_list("name", flat=True).get(pk=owner_id)
