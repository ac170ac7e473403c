"""Forms of routing: a rule, and the days on which somebody is away."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.rules.industry import divisions, sections

from .models import Case, Desk, RoutingRule, ServiceItem

NUMBERS = (("headcount", "从业人数", "人"), ("capital", "注册资本", "万元"), ("months_in", "入驻", "个月"))
ABNORMAL = [("", "不论"), ("is", "经营异常的"), ("is_not", "没有异常的")]


def _choices(choices: Any, label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
    )


class RuleForm(forms.Form):
    """One rule. All that is filled in must be true; what is left empty doesn't matter."""

    name = forms.CharField(label="名称", max_length=40, error_messages={"required": "给规则起个名字"})
    words = forms.CharField(
        label="说到",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "尾款、欠款、回款"}),
        help_text="任意一个就算。用顿号、逗号或空格隔开",
    )
    item = forms.ChoiceField(label="事项是", required=False)
    channels = _choices(Case.Channel.choices, "从哪儿来")
    grids = _choices((), "网格")
    parks = _choices((), "园区")
    sections = _choices((), "行业门类")
    divisions = forms.CharField(
        label="行业大类",
        required=False,
        max_length=200,
        help_text="两位代码或名称，如 65、软件和信息技术服务业",
    )
    scales = _choices(Enterprise.Scale.choices, "规模")
    abnormal = forms.ChoiceField(label="经营异常", required=False, choices=ABNORMAL, widget=forms.RadioSelect)
    desk = forms.ChoiceField(
        label="派到",
        widget=forms.RadioSelect,
        error_messages={"required": "派到哪个窗口还没选", "invalid_choice": "这个窗口不在了，请重新选"},
    )
    owner = forms.ChoiceField(
        label="指定给", required=False, help_text="留空就由窗口轮着派；不在的那几天也是"
    )
    give_item = forms.ChoiceField(label="事项定为", required=False)
    partner_kind = forms.ChoiceField(label="建议请谁帮忙", required=False)

    def __init__(
        self,
        *args: Any,
        desks: list[Desk],
        items: list[ServiceItem],
        parks: list[tuple[int, str]],
        grids: list[tuple[int, str]],
        people: list[tuple[int, str]],
        kinds: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for item in items:
            groups.setdefault(item.desk.name, []).append((str(item.pk), item.name))
        offered: dict[str, Any] = {
            "item": [("", "不论"), *groups.items()],
            "give_item": [("", "不定，看内容"), *groups.items()],
            "desk": [(str(desk.pk), desk.name) for desk in desks],
            "parks": [(str(pk), name) for pk, name in parks],
            "grids": [(str(pk), name) for pk, name in grids],
            "owner": [("", "窗口轮着派"), *((str(pk), name) for pk, name in people)],
            "partner_kind": [("", "不用"), *kinds],
            "sections": [(code, f"{code} {name}") for code, name in sections().items()],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for code, label, unit in NUMBERS:
            for op, word in (("ge", "不少于"), ("lt", "少于")):
                self.fields[f"{code}_{op}"] = forms.DecimalField(
                    label=f"{label}{word}（{unit}）", required=False, min_value=0, max_value=10**9,
                    decimal_places=2 if code == "capital" else 0,
                    error_messages={"invalid": "写一个数，如 100", "min_value": "不能小于 0"},
                )  # fmt: skip

    def clean_divisions(self) -> list[str]:
        found = []
        names = {division.name: code for code, division in divisions().items()}
        for word in re.split(r"[、，,；;\s]+", self.cleaned_data["divisions"].strip()):
            code = word if word in divisions() else names.get(word)
            if word and code is None:
                raise ValidationError(f"“{word}”不是国标里的行业大类：写两位代码，如 65")
            if code:
                found.append(code)
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for code, label, _ in NUMBERS:
            low, high = given.get(f"{code}_ge"), given.get(f"{code}_lt")
            if low is not None and high is not None and low >= high:
                self.add_error(f"{code}_lt", f"{label}的两个数对不上：没有一家企业两头都满足")
        return given

    def data_of_rule(self) -> dict[str, Any]:
        """As `save_rule` wants it."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "words": given["words"],
            "item_id": _number(given["item"]),
            "give_item_id": _number(given["give_item"]),
            "desk_id": _number(given["desk"]),
            "owner_id": _number(given["owner"]),
            "partner_kind": given["partner_kind"],
            "channels": given["channels"],
            "parks": [int(pk) for pk in given["parks"]],
            "grids": [int(pk) for pk in given["grids"]],
            "facts": [*self._numbers(), *self._choices()],
        }

    def _numbers(self) -> list[dict[str, Any]]:
        return [
            {"fact": code, "op": op, "value": format(value.normalize(), "f")}
            for code, _, _ in NUMBERS
            for op in ("ge", "lt")
            if (value := self.cleaned_data.get(f"{code}_{op}")) is not None
        ]

    def _choices(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        wishes: list[dict[str, Any]] = [
            {"fact": fact, "op": "in", "value": given[name]}
            for fact, name in (("section", "sections"), ("division", "divisions"), ("scale", "scales"))
            if given.get(name)
        ]
        if given.get("abnormal"):
            wishes.append({"fact": "abnormal", "op": given["abnormal"]})
        return wishes


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def initial_of(data: dict[str, Any]) -> dict[str, Any]:
    """The form's values of a rule's data."""
    values: dict[str, Any] = {
        "name": data["name"],
        "words": data["words"],
        "item": data["item_id"] or "",
        "give_item": data["give_item_id"] or "",
        "desk": data["desk_id"] or "",
        "owner": data["owner_id"] or "",
        "partner_kind": data["partner_kind"],
        "channels": data["channels"],
        "parks": [str(pk) for pk in data["parks"]],
        "grids": [str(pk) for pk in data["grids"]],
    }
    for wish in data["facts"]:
        fact, op, value = wish["fact"], wish["op"], wish.get("value")
        if fact == "abnormal":
            values["abnormal"] = op
        elif fact == "division":
            values["divisions"] = "、".join(value)
        elif fact in ("section", "scale"):
            values[f"{fact}s"] = value
        else:
            values[f"{fact}_{op}"] = value
    return values


def data_of(rule: RoutingRule) -> dict[str, Any]:
    """A rule's values for the form."""
    from .actions.routing_rules import as_data

    return initial_of(as_data(rule))


class AbsenceForm(forms.Form):
    """Days on which somebody is not there."""

    person = forms.ChoiceField(label="谁", required=False)
    first_day = forms.DateField(
        label="从",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "从哪天起还没选", "invalid": "日期写成 2026-11-24"},
    )
    last_day = forms.DateField(
        label="到",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "到哪天还没选", "invalid": "日期写成 2026-11-24"},
    )
    why = forms.CharField(label="原因", required=False, max_length=40)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people:
            self.fields["person"].choices = [(str(pk), name) for pk, name in people]  # type: ignore[attr-defined]
        else:
            del self.fields["person"]
