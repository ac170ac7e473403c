"""The form of an answered question."""

from __future__ import annotations

from typing import Any

from django import forms

from .models import Answer, ServiceItem


class AnswerForm(forms.Form):
    """The question as enterprises ask it, and what to tell them."""

    question = forms.CharField(
        label="问题", max_length=120, help_text="写成企业会问的样子",
        error_messages={"required": "问题还没写：例如“电子合同能不能申请人才公寓？”"},
    )  # fmt: skip
    answer = forms.CharField(
        label="回答",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="去哪里、带什么、多久、要不要钱。不写是哪家企业、是谁",
        error_messages={"required": "回答还没写"},
    )
    words = forms.CharField(
        label="别的说法", max_length=200, required=False, help_text="大家还会怎么问，用顿号隔开，方便查到"
    )
    item = forms.TypedChoiceField(label="属于哪个事项", required=False, coerce=int, empty_value=None)
    review_on = forms.DateField(
        label="哪天再看看还对不对", required=False, help_text="不填就是一年后",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, items: list[ServiceItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {item.pk: item for item in items}
        self.fields["item"].choices = [("", "不限"), *[(pk, item.name) for pk, item in self.items.items()]]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """As the actions take it."""
        return {**self.cleaned_data, "item": self.items.get(self.cleaned_data["item"])}

    @staticmethod
    def of(answer: Answer) -> dict[str, Any]:
        """An answer as first values."""
        return {
            "question": answer.question, "answer": answer.answer, "words": answer.words,
            "item": answer.item_id, "review_on": answer.review_on,
        }  # fmt: skip
