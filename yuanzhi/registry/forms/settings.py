"""Settings of the community, and a year of the work calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from yuanzhi.kernel.calendar import check_days
from yuanzhi.kernel.published import read_notice
from yuanzhi.kernel.workdays import CalendarError, Day, OfficeHours

from ..models import Community
from .fields import text

EXAMPLE = "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。"


class CommunityForm(forms.Form):
    """Name, phone, office hours, words that stand for this place in addresses."""

    name = forms.CharField(label="社区名称", max_length=40, error_messages={"required": "社区名称还没填"})
    phone = text("联系电话", "写在企业看到的页面上", max_length=24, attrs={"type": "tel"})
    office_hours = text(
        "办公时间", "承诺时限按它计算，午休不算；例如 09:00-12:00, 13:30-17:30。改了以后，已经许下的时限不变",
        required=True, max_length=100, error_messages={"required": "办公时间还没填，例如 09:00-17:30"},
    )  # fmt: skip
    address_words = text(
        "地址里的常见写法", "一行一个，例如：梦想小镇。导入时靠它认出是本社区的地址",
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "name": community.name,
            "phone": community.phone,
            "office_hours": str(OfficeHours.of(community.office_hours)),
            "address_words": "\n".join(community.address_words),
        }
        super().__init__(*args, **kwargs)

    def clean_office_hours(self) -> list[list[str]]:
        try:
            return OfficeHours.parse(self.cleaned_data["office_hours"]).pairs
        except CalendarError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_address_words(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["address_words"].splitlines() if line.strip()]


class YearForm(forms.Form):
    """The State Council's notice for a year, pasted."""

    year = forms.IntegerField(label="哪一年", min_value=2000, max_value=2100)
    source = forms.CharField(
        label="文号", max_length=120, help_text="例如：国办发明电〔2026〕7号",
        error_messages={"required": "写上通知的文号，以后查得到出处"},
    )  # fmt: skip
    notice = forms.CharField(
        label="通知正文", max_length=20_000,
        help_text="把国务院办公厅《关于…年部分节假日安排的通知》里编号的几段粘进来",
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": EXAMPLE}),
        error_messages={"required": "把通知正文粘进来"},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("year") and data.get("notice"):
            try:
                data["days"] = read_notice(data["notice"], data["year"])
                check_days(data["year"], data["days"])
            except CalendarError as error:
                self.add_error("notice", str(error))
        return data

    @property
    def days(self) -> dict[dt.date, Day]:
        return self.cleaned_data["days"]
