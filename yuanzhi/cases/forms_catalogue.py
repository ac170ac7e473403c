"""Forms of the catalogue: an entry with the lines of its procedure, and a reply."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from .actions.catalogue import Entry, lines_of
from .models import Desk, ItemStage, ReplyTemplate, ServiceItem

SPARE = 4  # empty lines below the last one
_NUMBER = forms.NumberInput(attrs={"inputmode": "numeric"})


class ItemForm(forms.Form):
    """What an entry says from a day on. The lines of the procedure are posted beside it, as lists."""

    desk = forms.ModelChoiceField(label="哪个窗口", queryset=Desk.objects.none(), empty_label=None)
    name = forms.CharField(label="事项", max_length=60, error_messages={"required": "事项叫什么还没写"})
    response_hours = forms.IntegerField(label="几个工作小时内回音", min_value=1, max_value=80, widget=_NUMBER)
    resolution_days = forms.IntegerField(label="几个工作日办结", min_value=1, max_value=250, widget=_NUMBER)
    statutory_days = forms.IntegerField(
        label="法定时限（工作日）", required=False, min_value=1, max_value=999, widget=_NUMBER
    )
    basis = forms.CharField(label="依据（文号）", required=False, max_length=120)
    guide = forms.CharField(
        label="怎么办", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写给企业看：怎么个办法，要不要跑，花不花钱",
    )  # fmt: skip
    words = forms.CharField(
        label="大家怎么说这件事",
        required=False,
        max_length=400,
        help_text="用顿号隔开，例如：尾款、欠款、回款",
    )
    is_listed = forms.BooleanField(label="企业门户里能看到、能选", required=False)
    valid_from = forms.DateField(
        label="从哪天起",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填就是今天。以前登记的诉求照原来的说法办",
    )

    def __init__(self, *args: Any, desks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].queryset = desks  # type: ignore[attr-defined]

    def entry(self, post: Any) -> Entry:
        """The entry with the posted lines. Raises Refused."""
        said = {key: value for key, value in self.cleaned_data.items() if key != "valid_from"}
        return Entry(**said, stages=lines_of(posted_lines(post)))

    def since(self) -> dt.date:
        return self.cleaned_data["valid_from"] or timezone.localdate()


def posted_lines(post: Any) -> list[tuple[str, str, str, str, str]]:
    """(kind, name, who, workdays, hint) of each line as it was typed."""
    columns = [post.getlist(f"line_{key}")[:60] for key in ("kind", "name", "who", "workdays", "hint")]
    known = set(ItemStage.Kind.values)
    return [
        (kind if kind in known else "stage", name, who, days, hint)
        for kind, name, who, days, hint in zip(*columns, strict=False)
    ]


def lines_shown(item: ServiceItem | None, post: Any = None) -> list[dict[str, str]]:
    """The lines as the form shows them: what was typed, else what is there, and a few empty ones."""
    if post is not None:
        rows = [row for row in posted_lines(post) if any(part.strip() for part in row[1:])]
    else:
        rows = [
            (s.kind, s.name, s.who, "" if s.workdays is None else str(s.workdays), s.hint)
            for s in (item.stages.order_by("kind", "order") if item else ())
        ]
    rows += [("stage" if rows else "material", "", "", "", "")] * SPARE
    return [dict(zip(("kind", "name", "who", "workdays", "hint"), row, strict=True)) for row in rows]


def initial_of(item: ServiceItem) -> dict[str, Any]:
    """A row as the form's beginning."""
    keys = (
        "desk", "name", "response_hours", "resolution_days", "statutory_days", "basis", "guide", "words",
        "is_listed",
    )  # fmt: skip
    return {key: getattr(item, key) for key in keys}


class ReplyForm(forms.Form):
    """A reply with blanks."""

    title = forms.CharField(label="名称", max_length=40, error_messages={"required": "名称还没写"})
    text = forms.CharField(
        label="内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="可以用 {称呼} {企业} {编号} {承诺时间} {经办} {链接}，发的时候自动填上",
        error_messages={"required": "内容还没写"},
    )
    desk = forms.ModelChoiceField(
        label="给哪个窗口用", queryset=Desk.objects.none(), required=False, empty_label="各窗口都用"
    )

    def __init__(self, *args: Any, desks: Any, reply: ReplyTemplate | None = None, **kwargs: Any) -> None:
        if reply is not None:
            kwargs["initial"] = {"title": reply.title, "text": reply.text, "desk": reply.desk_id}
        super().__init__(*args, **kwargs)
        self.fields["desk"].queryset = desks  # type: ignore[attr-defined]
