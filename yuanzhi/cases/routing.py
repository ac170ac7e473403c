"""Routing rules: the first that fits a need decides where it goes, and says why. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

Truth = bool | None  # None: not known

_SEPARATORS = re.compile(r"[、，,；;｜|/\s]+")
MAX_WORDS = 60


def spelt(text: str) -> str:
    """Text as it is compared: full-width and half-width, upper and lower case are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> list[str]:
    """The words of a list typed with any of 、，, ； ; / or blanks between them, each once, in order."""
    return list(dict.fromkeys(word for word in _SEPARATORS.split(text.strip()) if word))


class Kind(StrEnum):
    """What sort of value a fact has."""

    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True)
class Fact:
    """Something rules may ask of an enterprise."""

    name: str
    kind: Kind
    unit: str = ""


# What rules may ask. The catalogue of facts is the criteria engine's once that floor is there.
FACTS: dict[str, Fact] = {
    "headcount": Fact("从业人数", Kind.NUMBER, "人"),
    "capital": Fact("注册资本", Kind.NUMBER, "万元"),
    "months_in": Fact("入驻时间", Kind.NUMBER, "个月"),
    "section": Fact("行业门类", Kind.CHOICE),
    "division": Fact("行业大类", Kind.CHOICE),
    "scale": Fact("规模", Kind.CHOICE),
    "abnormal": Fact("经营异常", Kind.FLAG),
}
OPS: dict[Kind, dict[str, str]] = {
    Kind.NUMBER: {"ge": "不少于", "lt": "少于"},
    Kind.CHOICE: {"in": "是", "not_in": "不是"},
    Kind.FLAG: {"is": "是", "is_not": "否"},
}


@dataclass(frozen=True)
class Condition:
    """One wish about the enterprise: `value` is a number, a list of codes, or nothing for a flag."""

    fact: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class Need:
    """What is known when a need comes in. Facts that aren't known are absent or None."""

    words: str
    channel: str = ""
    item: int | None = None
    park: int | None = None
    grid: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """All that is filled in must be true; `names` are the words for ids and codes in the reasons."""

    id: int
    name: str
    desk: int
    item: int | None = None
    words: tuple[str, ...] = ()
    parks: frozenset[int] = frozenset()
    grids: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    conditions: tuple[Condition, ...] = ()
    give_item: int | None = None
    owner: int | None = None
    partner_kind: str = ""


@dataclass(frozen=True)
class Finding:
    """Whether a rule fits, and the sentence parts that say so (or what it lacks to know)."""

    truth: Truth
    because: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The rule that decided (None: none fitted), why, and the rules that couldn't be told."""

    rule: Rule | None
    why: str = ""
    undecided: tuple[str, ...] = ()


def said(words: Iterable[str], text: str) -> str:
    """The first of these words that the text says; empty when none."""
    plain = spelt(text)
    return next((word for word in words if spelt(word) in plain), "")


def holds(condition: Condition, facts: Mapping[str, Any]) -> Truth:
    """Whether an enterprise fulfils one wish; None when the fact isn't known or the wish isn't understood."""
    value = facts.get(condition.fact)
    fact = FACTS.get(condition.fact)
    if value is None or value == "" or fact is None:
        return None
    if fact.kind is Kind.FLAG:
        return bool(value) is (condition.op == "is")
    if fact.kind is Kind.CHOICE:
        among = str(value) in {str(code) for code in condition.value or ()}
        return among is (condition.op == "in")
    try:
        number, bound = Decimal(str(value)), Decimal(str(condition.value))
    except ArithmeticError:
        return None
    return number >= bound if condition.op == "ge" else number < bound


def say(condition: Condition, names: Mapping[str, str] | None = None) -> str:
    """A wish in words: "从业人数不少于 100 人", "行业门类是制造业或建筑业"."""
    fact = FACTS.get(condition.fact)
    if fact is None:
        return condition.fact
    if fact.kind is Kind.FLAG:
        return fact.name if condition.op == "is" else f"没有{fact.name}"
    op = OPS[fact.kind].get(condition.op, "")
    if fact.kind is Kind.NUMBER:
        return f"{fact.name}{op} {condition.value} {fact.unit}"
    spoken = [(names or {}).get(str(code), str(code)) for code in condition.value or ()]
    return f"{fact.name}{op}{'或'.join(spoken)}"


def _asked(rule: Rule, need: Need, names: Mapping[str, str]) -> Iterable[tuple[Truth, str, str]]:
    """(truth, how it is said when true, what isn't known when it isn't) for all that is filled in."""
    if rule.words:
        word = said(rule.words, need.words)
        yield bool(word), f"说到“{word}”", ""
    if rule.channels:
        label = names.get(f"channel:{need.channel}", need.channel)
        yield (need.channel in rule.channels if need.channel else None), f"来自{label}", "渠道"
    for kind, wanted, given, name in (
        ("item", {rule.item} if rule.item else None, need.item, "事项"),
        ("park", rule.parks, need.park, "园区"),
        ("grid", rule.grids, need.grid, "网格"),
    ):
        if wanted:
            spoken = names.get(f"{kind}:{given}", "")
            yield (given in wanted if given else None), f"{name}是{spoken}" if spoken else name, name
    for condition in rule.conditions:
        fact = FACTS.get(condition.fact)
        missing = fact.name if fact else condition.fact
        yield holds(condition, need.facts), say(condition, names), missing


def judge(rule: Rule, need: Need, names: Mapping[str, str] | None = None) -> Finding:
    """Whether a rule fits a need: false if one part is false, else unknown if one is, else true.

    A rule with nothing filled in fits everything: a last rule that catches the rest.
    """
    parts = list(_asked(rule, need, names or {}))
    if any(truth is False for truth, _, _ in parts):
        return Finding(False)
    if unknown := tuple(missing for truth, _, missing in parts if truth is None):
        return Finding(None, unknown=unknown)
    return Finding(True, because=tuple(text for _, text, _ in parts))


def first_match(rules: Iterable[Rule], need: Need, names: Mapping[str, str] | None = None) -> Outcome:
    """The first rule that fits. One that can't be told is passed over and named: it decides nothing."""
    undecided: list[str] = []
    for rule in rules:
        finding = judge(rule, need, names)
        if finding.truth:
            parts = "，".join(finding.because) or "其余的都归这里"
            return Outcome(rule, f"规则“{rule.name}”：{parts}", tuple(undecided))
        if finding.truth is None:
            undecided.append(f"规则“{rule.name}”拿不准：不知道{'、'.join(dict.fromkeys(finding.unknown))}")
    return Outcome(None, "", tuple(undecided))
