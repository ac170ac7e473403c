"""A dry run of routing rules: what they would have done to needs of the past. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .routing import Need, Rule, first_match

SHOWN = 40  # examples kept


@dataclass(frozen=True)
class Past:
    """A need of the past and the desk that handled it in the end."""

    id: int
    number: str
    title: str
    need: Need
    desk: int


def compare(
    was: Sequence[Rule], will: Sequence[Rule], pasts: Iterable[Past], names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Counts and examples; `merge` adds those of two pieces.

    A need on which both lists decide the same is left alone. Where the old list decided nothing, the desk
    that handled the case stands for it; where the new one decides nothing, the words would (desk 0).
    """
    found = empty()
    for past in pasts:
        found["seen"] += 1
        before, after = first_match(was, past.need).rule, first_match(will, past.need, names)
        if after.rule is not None:
            key = after.rule.name
            found["hits"][key] = found["hits"].get(key, 0) + 1
        if _same(before, after.rule, past.desk):
            continue
        source = before.desk if before else past.desk
        target = after.rule.desk if after.rule else 0
        by = after.rule.name if after.rule else f"不再有“{before.name}”" if before else ""
        found["changed"] += 1
        found["right"] += target == past.desk
        found["moves"] = _add(found["moves"], [[source, target, by, 1]])
        if len(found["samples"]) < SHOWN:
            example = [past.id, past.number, past.title, source, target, past.desk, after.why or by]
            found["samples"].append(example)
    return found


def _same(before: Rule | None, after: Rule | None, handled: int) -> bool:
    if before is None and after is not None:
        # The desk it went to anyway, and nobody is named: nothing would be different.
        return after.desk == handled and not after.owner and not after.partner_kind and not after.give_item
    if before is None or after is None:
        return before is after
    return _does(before) == _does(after)


def _does(rule: Rule) -> tuple[Any, ...]:
    return rule.desk, rule.owner, rule.give_item, rule.partner_kind


def empty() -> dict[str, Any]:
    """Nothing seen yet."""
    return {"seen": 0, "changed": 0, "right": 0, "moves": [], "hits": {}, "samples": []}


def merge(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two pieces as one."""
    hits = dict(one["hits"])
    for name, count in other["hits"].items():
        hits[name] = hits.get(name, 0) + count
    return {
        **{name: one[name] + other[name] for name in ("seen", "changed", "right")},
        "moves": _add(one["moves"], other["moves"]),
        "hits": hits,
        "samples": [*one["samples"], *other["samples"]][:SHOWN],
    }


def _add(moves: list[list[Any]], more: Iterable[list[Any]]) -> list[list[Any]]:
    counted = {tuple(row[:3]): row[3] for row in moves}
    for source, target, by, count in more:
        counted[source, target, by] = counted.get((source, target, by), 0) + count
    return [[*key, count] for key, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]
