"""Fields that read what people really write: codes, amounts, days, places, enterprises."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse_lazy

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.forms import Picker

from ..models import Enterprise
from ..queries import Place, enterprise_for, place_by_code, places_like
from ..queries.found import find
from ..rules.capital import parse_capital
from ..rules.names import check_name
from ..rules.saying import capital_text
from ..rules.uscc import check_uscc


def day(label: str, help_text: str = "", required: bool = False, **kwargs: Any) -> forms.DateField:
    """A date, picked from the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    errors = {"invalid": "日期看不懂，请写成 2026-03-02 这样"}
    return forms.DateField(
        label=label, required=required, widget=widget, help_text=help_text, error_messages=errors, **kwargs
    )


def text(label: str, help_text: str = "", required: bool = False, **kwargs: Any) -> forms.CharField:
    """A line of text; `placeholder` and other attributes by `attrs`."""
    attrs = kwargs.pop("attrs", {})
    widget = kwargs.pop("widget", None) or forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget, **kwargs)


def count(label: str, help_text: str = "", most: int = 2_000_000) -> forms.IntegerField:
    """A number of people or the like."""
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    errors = {
        "invalid": "这里只填整数",
        "max_value": f"不会超过 {most:,}，请核对",
        "min_value": "不能是负数",
    }
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=most, widget=widget, help_text=help_text,
        error_messages=errors,
    )  # fmt: skip


class NameField(forms.CharField):
    """An enterprise's full name in its normal form."""

    default_error_messages = {"required": "企业名称还没填，请照营业执照写全称"}

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        reading = check_name(typed)
        if reading.problem:
            raise forms.ValidationError(reading.problem)
        if reading.value is None and self.required:
            raise forms.ValidationError("企业名称还没填，请照营业执照写全称")
        return reading.value or ""


class UsccField(forms.CharField):
    """统一社会信用代码; empty is allowed, a wrong one is explained."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        code = check_uscc(typed)
        if code.kind == "blank":
            return ""
        if code.problem:
            raise forms.ValidationError(code.problem)
        return code.value


class CapitalField(forms.CharField):
    """注册资本: "500万元", "100万美元"; cleans to (amount, currency) or None. A bare number counts 万元."""

    def prepare_value(self, value: Any) -> Any:
        return capital_text(*value) if isinstance(value, tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.clean(data) != initial
        except forms.ValidationError:
            return True

    def clean(self, value: Any) -> tuple[Decimal, str] | None:
        typed = super().clean(value)
        reading = parse_capital(typed, unit=10_000)
        if reading.problem:
            raise forms.ValidationError(reading.problem)
        return (reading.value.amount, reading.value.currency) if reading.value else None


class PickedField(forms.CharField):
    """A field whose answer is looked up for an actor; a form sets `actor` before cleaning."""

    actor: Actor | None = None


class SeatField(PickedField):
    """A place: park, building or room. Cleans to a Place (None when empty)."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "园区、楼宇、房间，例如：海创 B座 1511"}
        widget = Picker(data_url=reverse_lazy("registry:pick_seat"), label_of=self._label, attrs=attrs)
        kwargs.setdefault("error_messages", {"required": "写一下在哪：园区、楼宇、房间"})
        super().__init__(widget=widget, **kwargs)

    def _label(self, value: Any) -> str:
        place = place_by_code(self.actor, str(value)) if self.actor else None
        return place.label if place else str(value)

    def clean(self, value: Any) -> Place | None:
        typed = super().clean(value).strip()
        if not typed:
            return None
        assert self.actor is not None  # set by ActorForm
        if (place := place_by_code(self.actor, typed)) is not None:
            return place
        found = places_like(self.actor, typed)
        exact = [place for place in found if place.label.replace(" ", "") == typed.replace(" ", "")]
        if len(exact) == 1:
            return exact[0]
        if not found:
            raise forms.ValidationError(f"没有找到“{typed}”：先写园区名，再写楼宇和房号，从列出的里面选")
        names = "、".join(place.label for place in found[:4])
        raise forms.ValidationError(f"“{typed}”对应好几处：{names}，请写全一些或从列出的里面选")


class EnterpriseField(PickedField):
    """An enterprise the actor may see. Cleans to an Enterprise (None when empty)."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "名称、拼音首字母或信用代码"}
        widget = Picker(data_url=reverse_lazy("registry:pick_enterprise"), label_of=self._label, attrs=attrs)
        kwargs.setdefault("error_messages", {"required": "还没选企业"})
        super().__init__(widget=widget, **kwargs)

    def _label(self, value: Any) -> str:
        if self.actor and str(value).isdecimal() and (row := enterprise_for(self.actor, int(value))):
            return row.name
        return str(value)

    def clean(self, value: Any) -> Enterprise | None:
        typed = super().clean(value).strip()
        if not typed:
            return None
        assert self.actor is not None
        if typed.isdecimal() and len(typed) < 12 and (row := enterprise_for(self.actor, int(typed))):
            return row
        found = find(self.actor, typed, limit=6)
        exact = [row for row, _ in found if typed in (row.name, row.uscc, row.short_name)]
        if len(exact) == 1 or len(found) == 1:
            return exact[0] if exact else found[0][0]
        if not found:
            raise forms.ValidationError(f"没有找到“{typed}”。试试企业名里的另外两个字，或拼音首字母")
        names = "、".join(row.name for row, _ in found[:4])
        raise forms.ValidationError(f"“{typed}”对应好几家：{names}，请写全称或从列出的里面选")


class ActorForm(forms.Form):
    """A form that looks things up for somebody."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, PickedField):
                field.actor = actor
                field.widget.label_of = field._label  # type: ignore[attr-defined]


def not_after(value: dt.date | None, today: dt.date, what: str) -> dt.date | None:
    """Raise a sentence when a day lies ahead of today."""
    if value is not None and value > today:
        raise forms.ValidationError(f"{what} {value} 还没到，请核对")
    return value
