"""Forms of partners, duty and referrals. They check what was typed; actions decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.cases.models import Verdict
from yuanzhi.kernel.forms import Picker
from yuanzhi.registry.forms.fields import day, text
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from .models import Duty, Expert, Partner, PartnerKind, Tie


def words(
    label: str, rows: int = 2, required: bool = False, most: int = 300, **kwargs: Any
) -> forms.CharField:
    """A few lines of text."""
    placeholder = kwargs.pop("placeholder", "")
    widget = forms.Textarea(attrs={"rows": rows, **({"placeholder": placeholder} if placeholder else {})})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, **kwargs)


class PartnerForm(forms.Form):
    """A firm."""

    name = text("机构名称", "照执业许可证写全称", required=True, max_length=80)
    kind = forms.ModelChoiceField(label="类别", queryset=PartnerKind.objects.none(), empty_label=None)
    uscc = text("统一社会信用代码", max_length=40)
    licence_no = text("执业许可证号", max_length=60)
    licence_until = day("许可有效期至", "长期有效就空着")
    intro = words("擅长什么")
    free_terms = words("什么免费", required=True, placeholder="例如：首次咨询一小时免费，帮看一份合同免费")
    paid_terms = words("什么收费、怎么收", placeholder="例如：代理案件按标的 5%，事先签协议")
    phone = text("机构电话", "加密保存；改的时候空着就是不变", max_length=24, attrs={"type": "tel"})

    def __init__(self, *args: Any, kinds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key != "phone"}


class ExpertForm(forms.Form):
    """A professional of a firm."""

    name = text("姓名", required=True, max_length=40)
    title = text("职称", "例如：律师、注册会计师", max_length=40)
    licence_no = text("执业证号", max_length=60)
    licence_until = day("证书有效期至", "长期有效就空着")
    specialities = text("专长", "几个词，用顿号隔开：合同、劳动、欠款催收", max_length=200)
    languages = text("语言", "用顿号隔开：普通话、英语", max_length=80)
    most_open = forms.IntegerField(
        label="手上最多几件", min_value=1, max_value=99, initial=8, help_text="到了这个数，轮派会跳过"
    )
    phone = text("电话", "加密保存；改的时候空着就是不变", max_length=24, attrs={"type": "tel"})
    user = forms.ModelChoiceField(
        label="登录账号",
        queryset=User.objects.none(),
        required=False,
        empty_label="没有账号，用链接答复",
        help_text="有这家机构“合伙人专家”身份的账号，身份由安全管理员授予",
    )
    is_active = forms.BooleanField(label="在列（不勾就不再派事给他）", required=False, initial=True)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = members_of(partner.community_id, Role.PARTNER, kind=Kind.PARTNER, scope_ids=[partner.pk])
        self.fields["user"].queryset = User.objects.filter(pk__in=held.values("user_id"))  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key not in ("phone", "user")}


class OtherSideField(forms.CharField):
    """Enterprises or persons by name; one picked from the list arrives by its id and is kept by its name."""

    def __init__(self, **kwargs: Any) -> None:
        picker = Picker(data_url=reverse_lazy("registry:pick_enterprise"), label_of=self._label)
        super().__init__(widget=picker, **kwargs)
        self.actor: Actor | None = None

    def _label(self, value: Any) -> str:
        if self.actor is None or not str(value).isdecimal():
            return str(value)
        row = enterprises_visible_to(self.actor).filter(pk=value).first() if len(str(value)) < 15 else None
        return row.name if row else str(value)

    def clean(self, value: Any) -> str:
        return self._label(super().clean(value).strip())


class TieForm(forms.Form):
    """What binds a firm or one of its experts."""

    kind = forms.ChoiceField(label="什么关系", choices=Tie.Kind.choices, widget=forms.RadioSelect)
    expert = forms.ModelChoiceField(
        label="谁的", queryset=Expert.objects.none(), required=False, empty_label="整个机构"
    )
    name = OtherSideField(label="和哪家企业或哪个人", max_length=80, help_text="名录里有的从下拉里选")
    since = day("从哪天起")
    until = day("到哪天止", "还在就空着")
    source = text("来源", "例如：机构 11 月申报表", required=True, max_length=120)

    def __init__(self, *args: Any, partner: Partner, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["name"].actor = actor  # type: ignore[attr-defined]
        self.fields["expert"].queryset = partner.experts.filter(is_active=True)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """With the enterprise, when the name is one of the register."""
        facts = dict(self.cleaned_data)
        same = list(enterprises_visible_to(self.actor).filter(name=facts["name"])[:2])
        return facts | {"enterprise": same[0] if len(same) == 1 else None}


class DecideForm(forms.Form):
    """The lead's decision."""

    until = day("认证到哪一天", required=True)
    why = words("原因", required=True, most=200)

    def __init__(self, *args: Any, move: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if move != "accredit":
            del self.fields["until"]
        else:
            today = timezone.localdate()
            self.fields["until"].initial = dt.date(today.year + 1, today.month, min(today.day, 28))


class WhyForm(forms.Form):
    """A sentence of why."""

    why = words("为什么", required=True, most=200)


class KindForm(forms.Form):
    """A field of help of one's own."""

    name = text("新类别", "例如：检测认证", required=True, max_length=20)


class DutyForm(forms.Form):
    """A half-day on the roster, if wanted for some weeks."""

    expert = forms.ModelChoiceField(label="谁", queryset=Expert.objects.none(), empty_label="选一位")
    date = day("哪一天", required=True)
    half = forms.ChoiceField(label="半天", choices=Duty.Half.choices, widget=forms.RadioSelect, initial="am")
    place = text("在哪儿", max_length=60, attrs={"placeholder": "社区一楼窗口"})
    weeks = forms.IntegerField(label="连排几周", min_value=1, max_value=26, initial=1)

    def __init__(self, *args: Any, experts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].queryset = experts  # type: ignore[attr-defined]
        self.fields["expert"].label_from_instance = lambda row: f"{row.name}（{row.partner.name}）"  # type: ignore[attr-defined]


class ReferForm(forms.Form):
    """Asking the professionals about a case."""

    kind = forms.ModelChoiceField(
        label="请哪一类",
        queryset=PartnerKind.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "选一类：律师、会计还是别的"},
    )
    question = words("请专家做什么", rows=3, required=True, most=2000, placeholder="一两句话：看什么、帮什么")
    other_side = OtherSideField(
        label="对方是谁",
        required=False,
        max_length=120,
        help_text="用来查利益冲突；几家用顿号隔开，没有对方就空着",
    )
    speciality = text("要哪方面的", max_length=40, attrs={"placeholder": "例如：劳动"})
    language = text("要会什么语言", max_length=20, attrs={"placeholder": "例如：英语"})
    way = forms.ChoiceField(
        label="怎么请",
        choices=[("rotation", "轮派，谁该轮到请谁"), ("named", "指名一位"), ("parallel", "同时问几位")],
        widget=forms.RadioSelect,
        initial="rotation",
    )
    accept_hours = forms.IntegerField(
        label="几个工作小时内答复",
        min_value=1,
        max_value=40,
        initial=4,
        help_text="过时没答复，自动转请下一位",
    )
    free_terms = words("什么免费", required=True)
    paid_terms = words("什么收费")
    told = forms.BooleanField(
        label="已经把什么免费、什么收费告诉企业",
        error_messages={"required": "先跟企业说清楚什么免费、什么收费，再勾上"},
    )

    def __init__(self, *args: Any, actor: Actor, kinds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["other_side"].actor = actor  # type: ignore[attr-defined]


class VisitForm(forms.Form):
    """A date on which both go to the enterprise."""

    at = forms.DateTimeField(
        label="什么时候一起上门",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": "选一个时间", "invalid": "时间看不懂，请写成 2026-11-27 10:00 这样"},
    )
    place = text("在哪儿", max_length=80)
    words = text("备注", max_length=300)


class FinishForm(forms.Form):
    """What came of it."""

    outcome = words(
        "结果和建议",
        rows=4,
        required=True,
        most=4000,
        placeholder="给了什么建议，办到哪一步，企业下一步做什么",
    )
    hours = forms.DecimalField(
        label="用了几小时", required=False, min_value=0, max_value=999, decimal_places=1
    )
    recovered = forms.DecimalField(
        label="追回或省下多少元", required=False, min_value=0, max_digits=14, decimal_places=2
    )


class RatingForm(forms.Form):
    """The enterprise's word on the help."""

    satisfaction = forms.TypedChoiceField(
        label="专家帮得怎么样",
        choices=[(str(value), label) for value, label in Verdict.Satisfaction.choices],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个满意程度"},
    )
    words = words("想说的话", rows=2, most=2000)
