"""An enterprise: its facts, where it sits, whom to call, which other row it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from yuanzhi.accounts.actor import Actor

from ..access import EDIT_ENTERPRISE
from ..models import Contact, Enterprise, IndustryDivision, Source
from ..queries import Place, may_at
from ..rules.facts import FACTS
from ..rules.saying import SCALES, STATUSES, say_capital, say_fact
from .fields import (
    ActorForm,
    CapitalField,
    EnterpriseField,
    NameField,
    SeatField,
    UsccField,
    count,
    day,
    not_after,
    text,
)  # fmt: skip

HEARD = [
    (Source.Kind.STAFF, "我登记的"),
    (Source.Kind.ENTERPRISE, "企业自己说的"),
    (Source.Kind.VISIT, "上门看到的"),
    (Source.Kind.DEPARTMENT, "部门给的数据"),
]


def divisions() -> list[tuple[str, Any]]:
    """Choices of industries, grouped by section."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in IndustryDivision.objects.order_by("code"):
        groups.setdefault(f"{row.section} {row.section_name}", []).append((row.code, row.name))
    return [("", "还不知道"), *groups.items()]


class FactsForm(ActorForm):
    """All facts of an enterprise; what it cleans to is ready for `state_facts`."""

    name = NameField(label="企业名称", max_length=200, help_text="照营业执照写全称")
    uscc = UsccField(label="统一社会信用代码", required=False, help_text="18 位；小写、空格会自动整理")
    short_name = text("字号", "平时怎么叫它；不填就从名称里取", max_length=60)
    old_code = text("旧注册号", max_length=18)
    kind = text("企业类型", max_length=80, attrs={"placeholder": "有限责任公司"})
    status = forms.ChoiceField(label="登记状态", choices=list(STATUSES.items()))
    is_abnormal = forms.BooleanField(label="列入经营异常名录", required=False)
    abnormal_note = text("异常原因", max_length=200)
    established_on = day("成立日期")
    division = forms.ChoiceField(label="行业大类", required=False)
    capital = CapitalField(label="注册资本", required=False, help_text="写成 500万元 或 100万美元")
    headcount = count("从业人数", "不知道就空着，不填 0")
    scale = forms.ChoiceField(label="规模", required=False, choices=[("", "还不知道"), *SCALES.items()])
    business = text("经营范围", widget=forms.Textarea(attrs={"rows": 4}))
    registered_address = text("注册地址", max_length=300)
    office_address = text("办公地址", "和注册地址一样就空着", max_length=300)
    district = text("登记区县", max_length=40)
    representative = text("法定代表人", max_length=60)
    website = text("网址", max_length=200, attrs={"inputmode": "url"})
    note = text("备注", max_length=400)
    heard = forms.ChoiceField(label="从哪知道的", choices=HEARD)
    day = day("哪天的情况", "不填就是今天", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    # How the page groups them; whatever is added to the facts must find its place here.
    GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("执照上的", ("name", "uscc", "kind", "representative", "established_on", "capital",
                   "registered_address", "district", "old_code", "business")),
        ("状态", ("status", "is_abnormal", "abnormal_note")),
        ("平常的", ("short_name", "division", "headcount", "scale", "office_address", "website", "note")),
        ("这些是从哪来的", ("heard", "day")),
    )  # fmt: skip
    WIDE = ("name", "registered_address", "office_address", "business", "note", "is_abnormal")

    def __init__(self, *args: Any, enterprise: Enterprise | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", None) or {}
        if enterprise is not None:
            initial = facts_initial(enterprise) | initial
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["division"].choices = divisions()  # type: ignore[attr-defined]
        if "established_on" in self.fields:
            self.fields["established_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def groups(self) -> list[dict[str, Any]]:
        """The form in groups, each field with whether it takes the whole width."""
        found = []
        for title, names in self.GROUPS:
            here = [{"bound": self[n], "wide": n in self.WIDE} for n in names if n in self.fields]
            found.append({"title": title, "fields": here})
        return found

    def clean_established_on(self) -> dt.date | None:
        return not_after(self.cleaned_data["established_on"], timezone.localdate(), "成立日期")

    def clean_day(self) -> dt.date | None:
        return not_after(self.cleaned_data["day"], timezone.localdate(), "这一天")

    def facts(self) -> dict[str, Any]:
        """The facts that were changed, by field name; capital with its currency."""
        said = {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name not in ("heard", "day", "seen", "seat", "since", "not_twin") and name in self.cleaned_data
        }
        if "capital" in said:
            amount, currency = said["capital"] or (None, None)
            said["capital"] = amount
            if currency:
                said["currency"] = currency
        return said

    def say_current(self, current: Enterprise) -> None:
        """Someone was faster: say beside each field that differs what it is now, and take the new version."""
        now = facts_initial(current)
        for name in self.changed_data:
            if name not in now:
                continue
            value = say_capital(*now[name]) if name == "capital" and now[name] else say_fact(name, now[name])
            self[name].help_text = f"现在是：{value or '空'}"
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = str(current.version)
        self.data = data


def facts_initial(enterprise: Enterprise) -> dict[str, Any]:
    """The facts as the form shows them."""
    values = {name: getattr(enterprise, name) for name in FACTS if name not in ("currency", "capital")}
    values["capital"] = (enterprise.capital, enterprise.currency) if enterprise.capital is not None else None
    values["seen"] = enterprise.version
    return values


class NewForm(FactsForm):
    """A new enterprise, and where it sits."""

    seat = SeatField(label="坐在哪", required=False, help_text="还不知道就空着，它会进待落图名单")
    since = day("哪天入驻", "一直在这里、说不清哪天，就空着")
    not_twin = forms.BooleanField(label="看过了，不是同一家", required=False)
    GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("先写这些", ("name", "uscc", "seat", "since", "headcount", "division")),
        ("还知道什么就写什么", ("kind", "representative", "established_on", "capital", "registered_address",
                       "office_address", "business", "website", "note")),
        ("这些是从哪来的", ("heard", "day")),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = {name for _, names in self.GROUPS for name in names} | {"not_twin"}
        for name in set(self.fields) - shown:
            del self.fields[name]
        self.fields["seat"].required = not self.actor.reach(EDIT_ENTERPRISE).everything

    def clean_seat(self) -> Place | None:
        """Grid staff register what sits in their grid; elsewhere they could not correct it afterwards."""
        place: Place | None = self.cleaned_data["seat"]
        if place is not None and not may_at(self.actor, EDIT_ENTERPRISE, place.park.pk):
            raise forms.ValidationError(f"{place.park.name}不在您的网格里：请那边网格的同事或窗口来登记")
        return place


class SeatForm(ActorForm):
    """Where it sits from a day on."""

    seat = SeatField(label="坐到哪", help_text="写到房间最好，只知道园区也行")
    on = day("从哪天起", "不填就是今天")
    known = forms.BooleanField(label="一直就在这里，只是现在才记下（说不清从哪天起）", required=False)
    lease_to = day("租期到哪天", "知道就写，到期前会提醒去看看")


class LeaveForm(forms.Form):
    """Why and when it leaves."""

    reason = text(
        "它为什么走", "原话最好：以后挽留别家用得上", required=True, max_length=120,
        attrs={"placeholder": "例如：租约到期，搬去滨江扩产"},
        error_messages={"required": "写一句它为什么走：以后挽留别家用得上"},
    )  # fmt: skip
    on = day("最后一天", "不填就是今天")


class ElsewhereForm(forms.Form):
    """Registered here, working somewhere else."""

    where = text(
        "实际在哪办公", "知道大概就写大概", max_length=100, attrs={"placeholder": "例如：滨江区物联网街"}
    )


class ContactForm(forms.Form):
    """Somebody to call."""

    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "联系人姓名还没填"})
    phone = text(
        "电话", "加密保存，页面上只显示前三位和后四位；查看完整号码会留下记录", max_length=40,
        attrs={"type": "tel", "inputmode": "tel"},
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label="找他办什么", choices=Contact.Purpose.choices, widget=forms.RadioSelect, initial="office"
    )
    title = text("职务", max_length=40)
    consent_on = day("哪天同意我们留他的电话", "没问过就空着，下次见面问一声")

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        if contact is not None:
            fields = ("name", "purpose", "title", "consent_on")
            kwargs["initial"] = {field: getattr(contact, field) for field in fields}
        super().__init__(*args, **kwargs)
        if contact is not None and contact.phone_masked:
            self.fields["phone"].label = "新的电话"
            self.fields["phone"].help_text = f"现在是 {contact.phone_masked}；不换就留空"

    def clean_consent_on(self) -> dt.date | None:
        return not_after(self.cleaned_data["consent_on"], timezone.localdate(), "同意日期")


class MergeForm(ActorForm):
    """Which other row is the same enterprise."""

    other = EnterpriseField(label="和哪一家是同一家")

    def __init__(self, *args: Any, actor: Actor, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.enterprise = enterprise

    def clean_other(self) -> Enterprise:
        other = self.cleaned_data["other"]
        if other.pk == self.enterprise.pk:
            raise forms.ValidationError("这就是它自己，请选另一家")
        return other
