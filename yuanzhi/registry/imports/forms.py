"""What is asked at an upload."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone


class UploadForm(forms.Form):
    """The file, and the day for which it holds."""

    file = forms.FileField(
        label="表格文件",
        help_text="Excel（.xlsx、.xls）或 .csv，64 MB 以内。表头叫什么都行，下一步再对。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv,.txt,.gz"}),
        error_messages={
            "required": "还没有选文件",
            "empty": "这个文件是空的（0 字节），可能没有保存好。请打开原文件，另存一次再上传。",
        },
    )
    day = forms.DateField(
        label="数据截至哪一天",
        required=False,
        help_text="表里的内容是哪一天的情况，不填就是今天。比名录里更旧的内容不会盖掉新的。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, asks_day: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_day:
            del self.fields["day"]

    def clean_day(self) -> dt.date:
        today = timezone.localdate()
        day = self.cleaned_data["day"] or today
        if day > today:
            raise forms.ValidationError("这一天还没有到，请选今天或以前")
        return day
