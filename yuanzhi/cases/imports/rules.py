"""派件规则 as a spreadsheet: the whole list, its order that of the rows; by whatever headers people use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action
from yuanzhi.kernel.imports.kinds import Plan, register
from yuanzhi.kernel.imports.step import Step, UndoStep
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.findings import ERROR, Finding
from yuanzhi.kernel.tabular.mapping import Column, Layout, Record
from yuanzhi.registry.imports import pages
from yuanzhi.registry.models import Enterprise

from ..access import EDIT_ROUTING
from ..actions.routing_rules import as_data, checked, drop_rule, place_rules, save_rule, switch_rule
from ..forms_routing import ABNORMAL, RuleForm, initial_of
from ..models import Case, RoutingRule
from ..queries_rules import Offers, offers_for, rules_visible_to

KIND = "cases.rule"

# column, title, other headers: the form's own fields
_COLUMNS = (
    ("name", "名称", ("规则", "规则名称"), "欠款", 20),
    ("words", "说到", ("关键词", "说法", "包含"), "尾款、欠款", 36),
    ("item", "事项是", ("事项",), "", 18),
    ("channels", "从哪儿来", ("渠道", "来源"), "微信、电话", 16),
    ("grids", "网格", (), "", 16),
    ("parks", "园区", (), "", 20),
    ("headcount_ge", "人数不少于", ("从业人数不少于",), "100", 12),
    ("headcount_lt", "人数少于", ("从业人数少于",), "", 12),
    ("capital_ge", "注册资本不少于（万元）", (), "", 14),
    ("capital_lt", "注册资本少于（万元）", (), "", 14),
    ("months_in_ge", "入驻不少于（月）", (), "", 12),
    ("months_in_lt", "入驻少于（月）", (), "", 12),
    ("sections", "行业门类", ("门类",), "C、I", 12),
    ("divisions", "行业大类", ("大类",), "65", 12),
    ("scales", "规模", ("企业规模",), "大型、中型", 12),
    ("abnormal", "经营异常", (), "", 12),
    ("desk", "派到", ("窗口", "派到窗口"), "经济发展", 14),
    ("owner", "指定给", ("经办人", "经办"), "", 12),
    ("give_item", "事项定为", (), "", 18),
    ("partner_kind", "建议请谁帮忙", ("合伙人",), "", 14),
    ("state", "在用", ("状态",), "是", 8),
)
_MANY = {"channels", "grids", "parks", "sections", "scales"}
_BETWEEN = re.compile(r"[、，,；;]")  # not blanks: names of grids have some
_OFF = {"否", "停用", "不用", "no", "0"}
COLUMNS = tuple(
    Column(name, title, others, required=name in ("name", "desk"), example=example, width=width)
    for name, title, others, example, width in _COLUMNS
)


@dataclass
class RulesPlan(Plan):
    """New rules, known ones with their new data, and which are switched over."""

    rows: list[tuple[dict[str, Any], bool]] = field(default_factory=list)


class Session:
    """One pass. A rule is known again by its name; those that aren't in the table stay, after the others."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.offers = actor, offers_for(actor)
        self.codes = codes_of(self.offers)
        self.names: list[str] = []

    def ready(self, record: Record) -> tuple[int, dict[str, Any], bool] | None:
        if not record.ok:
            return None
        values = {name: str(value).strip() for name, value in record.values.items() if value is not None}
        on = values.pop("state", "").casefold() not in _OFF
        try:
            form = self._form(values)
            if not form.is_valid():
                title = {name: title for name, title, *_ in _COLUMNS}
                told = [f"{title.get(name, '')}：{errors[0]}" for name, errors in form.errors.items()]
                raise Refused("；".join(told).replace("__all__：", ""))
            data = checked(self.actor, form.data_of_rule())
            if data["name"] in self.names:
                raise Refused(f"前面已经有一条“{data['name']}”了：名称不能重复")
        except Refused as no:
            record.add("", ERROR, str(no))
            return None
        self.names.append(data["name"])
        return record.row, data, on

    def _form(self, values: dict[str, str]) -> RuleForm:
        given: dict[str, Any] = {}
        for name, text in values.items():
            known = self.codes.get(name)
            if known is None or not text:
                given[name] = text
                continue
            words = (
                [word.strip() for word in _BETWEEN.split(text) if word.strip()] if name in _MANY else [text]
            )
            if missing := next((word for word in words if word.casefold() not in known), ""):
                raise Refused(f"“{missing}”在这里找不到：请照导出的表里的写法写")
            found = [known[word.casefold()] for word in words]
            given[name] = found if name in _MANY else found[0]
        return form_of(self.offers, given)

    def plan(self, items: Sequence[tuple[int, dict[str, Any], bool]]) -> RulesPlan:
        plan = RulesPlan()
        known = {rule.name: rule for rule in rules_visible_to(self.actor)}
        for row, data, on in items:
            rule = known.get(data["name"])
            if rule is None:
                plan.created += 1
            elif as_data(rule) != data or rule.is_active != on:
                plan.updated += 1
            else:
                plan.unchanged += 1
            if len(known) > 200:
                plan.findings.append(Finding(row, "", ERROR, "规则最多 200 条"))
            plan.rows.append((data, on))
        return plan

    def take(self, *, actor: Actor, plan: RulesPlan, step: Step) -> None:
        _take(actor=actor, names=self.names, plan=plan, step=step)

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        """Nothing comes after."""

    def undo(self, *, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        _undo(actor=actor, entries=entries, step=step)

    def finish_undo(self, *, actor: Actor) -> None:
        """Nothing is left over."""


@action
def _take(*, actor: Actor, names: list[str], plan: RulesPlan, step: Step) -> None:
    step.note()
    known = {rule.name: rule for rule in rules_visible_to(actor)}
    for data, on in plan.rows:
        rule = save_rule(actor=actor, data=data, rule=known.get(data["name"]))
        known[rule.name] = rule
        if rule.is_active != on:
            switch_rule(actor=actor, rule=rule, on=on)
    place_rules(actor=actor, ids=[known[name].pk for name in names if name in known])


@action
def _undo(*, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
    """New rules go (or off, where they have routed something), changed ones get their values back."""
    kept: list[str] = []
    for entry in entries:
        kind, _, pk = entry.subject.partition(":")
        if entry.verb == "rule.placed":
            place_rules(actor=actor, ids=entry.details.get("was", []))
            continue
        rule = RoutingRule.objects.filter(pk=pk, community_id=actor.community_id).first()
        if kind != "routingrule" or rule is None:
            continue
        if entry.verb == "rule.added":
            if not drop_rule(actor=actor, rule=rule):
                kept.append(f"“{rule.name}”已经派过件，停用而不删")
        elif entry.verb in ("rule.switched_on", "rule.switched_off"):
            switch_rule(actor=actor, rule=rule, on=entry.verb == "rule.switched_off")
        elif entry.verb == "rule.changed":
            changed = entry.details["changes"]
            if any(as_data(rule)[name] != pair[1] for name, pair in changed.items()):
                kept.append(f"“{rule.name}”后来有人改过，留着")
                continue
            old = {**as_data(rule), **{name: pair[0] for name, pair in changed.items()}}
            save_rule(actor=actor, data=old, rule=rule)
    step.note(kept)


def form_of(offers: Offers, data: dict[str, Any] | None, **kwargs: Any) -> RuleForm:
    """The rule's form over what the community has."""
    items = sorted(offers.catalogue.current.values(), key=lambda item: (item.desk_id, item.name))
    return RuleForm(
        data, desks=offers.desks, items=items, parks=offers.parks, grids=offers.grids,
        people=offers.people, kinds=offers.kinds, **kwargs,
    )  # fmt: skip


def codes_of(offers: Offers) -> dict[str, dict[str, str]]:
    """{column: {what people write: what the form wants}}."""
    items = {item.name.casefold(): str(item.pk) for item in offers.catalogue.current.values()}
    pairs: dict[str, Iterable[tuple[str, str]]] = {
        "channels": Case.Channel.choices,
        "scales": Enterprise.Scale.choices,
        "abnormal": [("", "不论"), ("is", "是"), ("is_not", "否"), *ABNORMAL],
        "desk": [(str(desk.pk), desk.name) for desk in offers.desks],
        "partner_kind": offers.kinds,
        "grids": [(str(pk), name) for pk, name in offers.grids],
        "parks": [(str(pk), name) for pk, name in offers.parks],
        "owner": [(str(pk), name.partition("（")[0]) for pk, name in offers.people],
    }
    codes = {name: {str(label).casefold(): code for code, label in rows} for name, rows in pairs.items()}
    return {**codes, "item": items, "give_item": items}


def rows_of(actor: Actor) -> Iterator[list[Any]]:
    """The whole list as the table's rows, its header first."""
    offers = offers_for(actor)
    labels = {
        name: {code: label for label, code in known.items()} for name, known in codes_of(offers).items()
    }
    labels["abnormal"] = {"is": "是", "is_not": "否"}
    for name in ("item", "give_item"):
        labels[name] = {str(item.pk): item.name for item in offers.catalogue.current.values()}
    yield [column.title for column in COLUMNS]
    for rule in rules_visible_to(actor):
        values = initial_of(as_data(rule))
        for name in ("item", "give_item"):
            current = offers.catalogue.now(int(values[name] or 0))
            values[name] = current.pk if current else ""
        values["state"] = "是" if rule.is_active else "否"
        yield [_cell(values.get(name, ""), labels.get(name)) for name, *_ in _COLUMNS]


def _cell(value: Any, labels: dict[str, str] | None) -> str:
    if isinstance(value, list):
        return "、".join((labels or {}).get(str(one), str(one)) for one in value)
    return (labels or {}).get(str(value), str(value))


class Rules:
    """The kind "cases.rule"."""

    code = KIND
    name = "条"

    def layout(self, options: dict[str, Any]) -> Layout:
        return Layout("派件规则", COLUMNS)

    def actor(self, batch: ImportBatch) -> Actor:
        return pages.actor_of(batch, EDIT_ROUTING)

    def session(self, batch: ImportBatch, actor: Actor) -> Session:
        return Session(actor)


PAGE = pages.ImportPage(
    KIND, "rules", "派件规则", "条", EDIT_ROUTING, lambda day: {}, adds="新加",
    promises=("表里的顺序就是规则的顺序", "表里没有的规则不动，排在后面"),
    leads_to=(("cases:routing", "派件规则"),),
)  # fmt: skip


def introduce() -> None:
    """Called once, when the app is ready."""
    pages.provide(PAGE)
    register(Rules())  # type: ignore[arg-type]  # the actor it gives is the one it gets back
