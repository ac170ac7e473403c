"""The form of what a community agrees on about handling cases."""

from __future__ import annotations

import datetime as dt
import re

from django import forms

_NUMBER = forms.NumberInput(attrs={"inputmode": "numeric"})
MOST = 6


class TermsForm(forms.Form):
    """`digests`: times of the day, one or more, in any of the usual spellings."""

    amber_hours = forms.IntegerField(
        label="到期前几个工作小时亮黄灯", min_value=1, max_value=80, widget=_NUMBER,
        help_text="亮了黄灯进“快到期”篮，提醒经办",
    )  # fmt: skip
    wait_days = forms.IntegerField(
        label="等企业几个工作日算太久", min_value=1, max_value=60, widget=_NUMBER,
        help_text="到了这天进“等企业太久”篮，提醒经办打个电话",
    )  # fmt: skip
    call_back_days = forms.IntegerField(
        label="企业不满意，几个工作日内回访", min_value=1, max_value=30, widget=_NUMBER
    )
    return_days = forms.IntegerField(
        label="派错了，几个工作日内可以退回", min_value=1, max_value=10, widget=_NUMBER
    )
    digests = forms.CharField(
        label="每天什么时候提醒", max_length=80, help_text="例如 09:10、14:10。只在办公时间发，一人一次收齐"
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_digests(self) -> list[str]:
        """As the community keeps them: ["09:10", "14:10"]."""
        found = set()
        for part in re.split(
            r"[\s,，、;；]+", self.cleaned_data["digests"].replace("：", ":").strip("、，, ")
        ):
            try:
                hours, minutes = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", part).groups()  # type: ignore[union-attr]
                found.add(f"{dt.time(int(hours), int(minutes)):%H:%M}")
            except (AttributeError, ValueError):
                raise forms.ValidationError(
                    f"看不懂“{part}”：请写成 09:10 这样，几个时刻用顿号隔开"
                ) from None
        if len(found) > MOST:
            raise forms.ValidationError(f"一天最多提醒 {MOST} 次，再多就没人看了")
        return sorted(found)
