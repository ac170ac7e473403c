"""Forms of cases: as few fields as half a minute allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse_lazy

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import PARK_PEOPLE
from yuanzhi.kernel.forms import Picker
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from .access import OPEN_CASE
from .forms_files import FilesField
from .models import Case, Desk, ServiceItem, Verdict


class EnterpriseField(forms.CharField):
    """An enterprise by picked id, or by words that fit one enterprise only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=Picker(data_url=reverse_lazy("registry:pick_enterprise"), label_of=self._label), **kwargs
        )
        self.actor: Actor | None = None

    def act_for(self, actor: Actor) -> None:
        """Whose enterprises these are. (The widget was made with the class, before anybody was known.)"""
        self.actor = actor
        self.widget.label_of = self._label

    def _label(self, value: Any) -> str:
        if self.actor is None or not str(value).isdecimal():
            return str(value)
        row = enterprises_visible_to(self.actor, OPEN_CASE).filter(pk=value).first()
        return row.name if row else str(value)

    def clean(self, value: Any) -> Enterprise | None:
        text = super().clean(value).strip()
        if not text or self.actor is None:
            return None
        rows = enterprises_visible_to(self.actor, OPEN_CASE)
        if text.isdecimal() and len(text) < 15:
            found = rows.filter(pk=text).first()
            if found is None:
                raise forms.ValidationError("这家企业不在您的范围内，请重新选")
            return found
        named = list(rows.filter(name=text)[:2]) or list(rows.filter(short_name=text)[:2])
        if len(named) == 1:
            return named[0]
        raise forms.ValidationError(f"“{text}”没有唯一对应的企业：请从下拉里选一家，或留空先登记")


class ItemField(forms.ChoiceField):
    """A service item among those given at the beginning; none is chosen unless somebody does."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.items: dict[str, ServiceItem] = {}

    def offer(self, items: Iterable[ServiceItem], empty: str) -> None:
        """What can be chosen, by desk."""
        self.items = {str(item.pk): item for item in items}
        groups: dict[str, list[tuple[str, str]]] = {}
        for pk, item in self.items.items():
            groups.setdefault(item.desk.name, []).append((pk, item.name))
        self.choices = [("", empty), *groups.items()]

    def clean(self, value: Any) -> ServiceItem | None:  # type: ignore[override]
        return self.items.get(super().clean(value) or "")


class IntakeForm(forms.Form):
    """Quick capture: paste the message, pick the enterprise, done."""

    words = forms.CharField(
        label="企业说了什么",
        widget=forms.Textarea(
            attrs={"placeholder": "微信消息直接粘贴进来，几条一起贴也行", "rows": 5, "autofocus": True}
        ),
        max_length=8000,
        error_messages={"required": "企业说了什么还没写：原话最好，哪怕只记一句"},
    )
    enterprise = EnterpriseField(label="哪家企业", required=False, help_text="名称、拼音首字母或信用代码")
    desk = forms.ChoiceField(label="转给哪个窗口", required=False, widget=forms.RadioSelect)
    item = ItemField(label="哪个事项")
    files = FilesField(label="截图和文件")  # type: ignore[assignment]
    channel = forms.ChoiceField(
        label="从哪儿来",
        choices=[(c.value, c.label) for c in Case.Channel if c not in (Case.Channel.PORTAL, Case.Channel.QR)],
        initial=Case.Channel.WECHAT,
        widget=forms.RadioSelect,
    )
    speaker = forms.CharField(label="谁说的", required=False, max_length=40)
    speaker_phone = forms.CharField(label="电话", required=False, max_length=24)
    is_confidential = forms.BooleanField(label="员工私下反映，不让单位看到", required=False)

    def __init__(
        self, *args: Any, actor: Actor, desks: list[Desk], items: Iterable[ServiceItem] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].act_for(actor)  # type: ignore[attr-defined]
        self.fields["item"].offer(items, "不选也行")  # type: ignore[attr-defined]
        self.fields["desk"].choices = [  # type: ignore[attr-defined]
            ("", "自动"),
            *[(str(desk.pk), desk.short) for desk in desks],
        ]
        self.desks = {str(desk.pk): desk for desk in desks}

    def clean_desk(self) -> Desk | None:
        return self.desks.get(self.cleaned_data["desk"])


class NeedForm(forms.Form):
    """What an enterprise's own people write in the portal; a captain also for a neighbour in the park."""

    words = forms.CharField(
        label="有什么事要办",
        widget=forms.Textarea(attrs={"placeholder": "一句话说清就行，例如：尾款 38 万拖了五个月", "rows": 4}),
        max_length=4000,
        error_messages={"required": "写一句您的需要就行"},
    )
    enterprise = EnterpriseField(
        label="替哪家企业说", required=False, help_text="园区里的一家；留空就是园区的公共事"
    )
    item = ItemField(label="是哪类事")
    files = FilesField(  # type: ignore[assignment]
        label="照片、合同、截图", help_text="每个 10 MB 以内。照片里的位置信息会自动抹掉"
    )
    is_confidential = forms.BooleanField(label="只让社区知道，不让单位看到", required=False)

    def __init__(self, *args: Any, actor: Actor, items: Iterable[ServiceItem] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].offer(items, "说不清就不选")  # type: ignore[attr-defined]
        if actor.has(*PARK_PEOPLE):
            self.fields["enterprise"].act_for(actor)  # type: ignore[attr-defined]
        else:
            del self.fields["enterprise"]


class ScanForm(forms.Form):
    """Three fields behind a building's QR code; no account."""

    words = forms.CharField(
        label="有什么事要办",
        widget=forms.Textarea(attrs={"placeholder": "一句话说清就行", "rows": 4}),
        max_length=2000,
        error_messages={"required": "写一句您的需要就行"},
    )
    speaker = forms.CharField(
        label="企业和称呼", max_length=40, required=False, help_text="例如：云图数视 李女士"
    )
    speaker_phone = forms.CharField(
        label="电话", max_length=24, help_text="只用来回复您，全程加密保存",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    item = ItemField(label="是哪类事")
    files = FilesField(  # type: ignore[assignment]
        label="拍张照片", help_text="最多 3 个，每个 8 MB 以内。照片里的位置信息会自动抹掉"
    )

    def __init__(self, *args: Any, items: Iterable[ServiceItem] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].offer(items, "说不清就不选")  # type: ignore[attr-defined]


class VerdictForm(forms.Form):
    """Solved? Satisfied? Anything to say?"""

    is_solved = forms.TypedChoiceField(
        label="问题解决了吗",
        choices=[("1", "解决了"), ("0", "没解决")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": "请选“解决了”或“没解决”"},
    )
    satisfaction = forms.TypedChoiceField(
        label="您满意吗",
        choices=[(str(value), label) for value, label in Verdict.Satisfaction.choices],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个满意程度"},
    )
    words = forms.CharField(
        label="想说的话", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    is_anonymous = forms.BooleanField(label="匿名：不写是谁评的", required=False)


class StepForm(forms.Form):
    """A step with its words: outcome, question or reason, as the step wants."""

    text = forms.CharField(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
