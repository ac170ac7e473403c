"""Forms of departments, coordinations and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.db import models

from yuanzhi.cases.models import Attachment, Note

from .actions.departments import MOST_DAYS
from .actions.links import DAYS
from .actions.links import MOST_DAYS as MOST_LINK_DAYS
from .models import Department

_DAYS_ERRORS = {
    "invalid": "这里只填整数",
    "min_value": f"请填 1 到 {MOST_DAYS}",
    "max_value": f"请填 1 到 {MOST_DAYS}",
}


def _area(label: str, most: int, *, rows: int = 3, missing: str = "", hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": rows, "placeholder": hint}),
        error_messages={"required": missing, "max_length": f"太长了：最多 {most:,} 字，请挑要紧的说"},
    )


def _line(label: str, most: int, *, missing: str = "", help_text: str = "", **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(missing),
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": missing, "max_length": f"太长了：最多 {most} 字"},
    )


def _days(label: str, *, required: bool, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={**_DAYS_ERRORS, "required": "几个工作日内答复？"},
    )


class DepartmentForm(forms.Form):
    """One department. The number is typed anew to change it, a tick erases it."""

    name = _line("名称", 40, missing="部门名称还没写", help_text="全称，例如：余杭区残疾人联合会")
    short = _line("简称", 10, help_text="列表里用，例如：残联")
    duties = _area("管什么", 300, rows=2, hint="企业的哪些事归它，例如：残保金、残疾人就业、辅具试用")
    liaison = _line("联络人", 40)
    phone = _line("电话", 40, help_text="加密保存，页面上只露前三后四", inputmode="tel")
    reply_days = _days("几个工作日内答复", required=True)

    def __init__(self, *args: Any, department: Department | None = None, **kwargs: Any) -> None:
        if department is not None:
            kept = ("name", "short", "duties", "liaison", "reply_days")
            kwargs.setdefault("initial", {name: getattr(department, name) for name in kept})
        super().__init__(*args, **kwargs)
        self.fields["reply_days"].initial = 3
        if department is not None and department.phone_masked:
            self.fields["phone"].help_text = f"现在是 {department.phone_masked}，留空就不改"
            self.fields["no_phone"] = forms.BooleanField(label="抹掉现在的号码", required=False)
        if department is not None:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=department.version)

    @property
    def typed_phone(self) -> str | None:
        """The new number, "" to erase it, None to leave it."""
        if self.cleaned_data.get("no_phone"):
            return ""
        return self.cleaned_data["phone"] or None

    @property
    def facts(self) -> dict[str, Any]:
        """What is said of the department, without the number."""
        return {k: self.cleaned_data[k] for k in ("name", "short", "duties", "liaison", "reply_days")}


class RowField(forms.ChoiceField):
    """One of the rows that were offered, no other; whatever else is sent is no choice."""

    rows: Mapping[str, models.Model] = {}

    def offer(self, rows: Iterable[models.Model], label: Callable[[Any], str], empty: str = "") -> None:
        """Set the choices: already loaded and scoped by the query."""
        self.rows = {str(row.pk): row for row in rows}
        self.choices = [
            *([("", empty)] if empty else []),
            *((pk, label(row)) for pk, row in self.rows.items()),
        ]

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class RowsField(RowField, forms.MultipleChoiceField):
    """Several of the rows that were offered."""

    def clean(self, value: Any) -> Any:
        chosen = forms.MultipleChoiceField.clean(self, value)
        return [self.rows[pk] for pk in dict.fromkeys(chosen)]


def _rows(label: str, *, missing: str = "", help_text: str = "") -> RowsField:
    return RowsField(
        label=label,
        required=bool(missing),
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": missing,
            "invalid_choice": "选的不在这里面，请重新选",
            "invalid_list": "选的不在这里面，请重新选",
        },
    )


def _row(label: str, *, wrong: str, help_text: str = "") -> RowField:
    return RowField(
        label=label, required=False, help_text=help_text, error_messages={"invalid_choice": wrong}
    )


class CoordinateForm(forms.Form):
    """Ask one or several departments about a case, and what of it they get to see."""

    departments = _rows(
        "请哪几个部门",
        missing="请哪个部门？至少选一个",
        help_text="后面是和各部门约好的答复时限（工作日）",
    )
    lead = _row("哪个主办", wrong="主办的部门要在选的里面", help_text="只请一个就不用选")
    question = _area(
        "请部门做什么",
        2000,
        missing="请部门做什么还没写：一两句话说清要他们查什么、办什么",
        hint="例如：三年级转入，请告知对口学校有没有学位",
    )
    reply_days = _days("几个工作日内答复", required=False, help_text="留空就按各部门约好的天数")
    shown_notes = _rows("给部门看的补充")
    shown_files = _rows("给部门看的附件")
    opens_confidential = forms.BooleanField(label="这是私下反映，仍要让部门看到原话", required=False)
    confidential_why = _line("为什么要让部门看到", 200)

    def __init__(
        self,
        *args: Any,
        departments: list[Department],
        notes: list[Note],
        files: list[Attachment],
        confidential: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields
        field["departments"].offer(departments, _say_department)
        field["lead"].offer(departments, lambda row: row.short, empty="第一个")
        field["shown_notes"].offer(notes, lambda row: row.text[:60])
        field["shown_files"].offer(files, lambda row: row.name)
        for name, wanted in (
            ("shown_notes", notes),
            ("shown_files", files),
            ("opens_confidential", confidential),
            ("confidential_why", confidential),
        ):
            if not wanted:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "confidential_why" in self.fields:
            why, opened = found.get("confidential_why"), found.get("opens_confidential")
            if opened and not why:
                self.add_error("confidential_why", "写明原因：会记进历史")
            found["confidential_why"] = why if opened else ""
        found.pop("opens_confidential", None)
        lead = found.get("lead")
        if lead is not None and lead not in found.get("departments", []):
            self.add_error("lead", "主办的部门要在选的里面")
        return found


def _say_department(row: Department) -> str:
    return f"{row.short} {row.reply_days} 天"


class AcceptForm(forms.Form):
    """Sign for it."""

    handler = _line("经办人", 40, help_text="留空就记您的名字")


class AnswerForm(forms.Form):
    """What the department found or did."""

    answer = _area(
        "答复",
        4000,
        rows=5,
        missing="答复还没写：办成了什么、还差什么，一两句就行",
        hint="办成了什么、还差什么、找谁",
    )
    audience = forms.ChoiceField(
        label="给谁看",
        choices=[("public", "企业也看得到"), ("internal", "只给社区")],
        initial="public",
        widget=forms.RadioSelect,
        error_messages={"required": "给谁看？请选一个", "invalid_choice": "给谁看？请选一个"},
    )
    handler = _line("经办人", 40, help_text="留空就记您的名字")


class ReturnForm(forms.Form):
    """Not ours, and who instead."""

    why = _area(
        "为什么不归这里、该找谁", 300, rows=2, missing="为什么不归您的部门、该找谁办？写一句，社区好接着找人"
    )
    instead = _row("名单里的哪个部门", wrong="请选名单里的部门")

    def __init__(self, *args: Any, others: list[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["instead"]
        field.offer(others, lambda row: row.name, empty="名单里没有")


class AskAgainForm(forms.Form):
    """The next round."""

    question = _area("还要问什么", 2000, missing="还要问什么？写一句，部门才知道差在哪儿")
    reply_days = _days("几个工作日内答复", required=False, help_text="留空就和上次一样")


class WhyForm(forms.Form):
    """A reason, for calling off."""

    why = _line("为什么不用了", 200, missing="为什么不用了？告诉部门一声")


class LinkForm(forms.Form):
    """A guest link."""

    name = _line("给谁", 40, missing="链接给谁？写个名字，答复会记在这个名字下", help_text="例如：残联 陶安")
    days = forms.TypedChoiceField(
        label="有效期",
        coerce=int,
        initial=DAYS,
        choices=[
            (1, "1 天"),
            (3, "3 天"),
            (7, "7 天"),
            (14, "14 天"),
            (MOST_LINK_DAYS, f"{MOST_LINK_DAYS} 天"),
        ],
        error_messages={"invalid_choice": f"有效期请选 1 到 {MOST_LINK_DAYS} 天"},
    )


class ExportForm(forms.Form):
    """Why a list leaves."""

    reason = _line("导出做什么用", 100, missing="写一句导出做什么用：会记进历史，也印在表头")
