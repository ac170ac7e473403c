"""Forms of what is done with a case beside its next step: each small enough for a dialog."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.forms import Picker

from . import queries_acts
from .models import Case, Desk
from .queries import desks_of

PARTS = 4  # lines offered; whoever needs more splits a part again


def words(label: str, missing: str, *, rows: int = 3, limit: int = 300, hint: str = "") -> forms.CharField:
    """A sentence that is needed."""
    return forms.CharField(
        label=label,
        max_length=limit,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


class ActForm(forms.Form):
    """Knows whose and of which case it is."""

    def __init__(self, *args: Any, actor: Actor, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.case = actor, case
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices."""

    def _desks(self, name: str, empty: str = "") -> None:
        self.desks = {str(desk.pk): desk for desk in desks_of(self.case.community_id)}
        choices = [(pk, desk.name) for pk, desk in self.desks.items()]
        field: Any = self.fields[name]
        field.choices = [("", empty), *choices] if empty else choices

    def _desk(self, name: str) -> Desk | None:
        return self.desks.get(self.cleaned_data.get(name) or "")


class HandOverForm(ActForm):
    """To which desk, to whom, and why."""

    desk = forms.ChoiceField(label="转给哪个窗口")
    owner = forms.ChoiceField(label="指定给谁", required=False)
    why = words("为什么转", "写一句为什么转：接的人一看就明白")

    def prepare(self) -> None:
        self._desks("desk")
        self.fields["desk"].initial = str(self.case.desk_id)
        people = queries_acts.takers_of(self.case)
        field: Any = self.fields["owner"]
        field.choices = [("", "不指定，由窗口接"), *people]

    def clean_desk(self) -> Desk | None:
        return self._desk("desk")


class ReturnForm(ActForm):
    """Why it isn't ours, and whose it is."""

    reason = words("为什么不该您办", "写一句为什么不该您办：派件的人据此改")
    to = forms.ChoiceField(label="您看该给哪个窗口", required=False)

    def prepare(self) -> None:
        self._desks("to", "说不准")

    def clean_to(self) -> Desk | None:
        return self._desk("to")


class WordsForm(ActForm):
    """Only words: what they are is said by the act."""

    words = words("说明", "这一句要写", limit=1000)

    def named(self, label: str, missing: str, hint: str = "") -> None:
        field = self.fields["words"]
        field.label, field.help_text = label, hint
        field.error_messages = {**field.error_messages, "required": missing}


class ExtendForm(ActForm):
    """How many workdays more, and why."""

    days = forms.IntegerField(
        label="再要几个工作日",
        min_value=1,
        max_value=60,
        error_messages={
            "required": "填几个工作日",
            "invalid": "填一个数，例如 3",
            "min_value": "至少 1 个工作日",
            "max_value": "一次最多 60 个工作日",
        },
    )
    reason = words("为什么", "写一句为什么要延期：批的人和企业都会看到")


class DecideForm(ActForm):
    """Granted or not."""

    grant = forms.TypedChoiceField(
        label="批不批",
        choices=[("1", "同意"), ("0", "不同意")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": "请选同意或不同意"},
    )
    words = forms.CharField(
        label="说一句", required=False, max_length=300, help_text="不同意要说为什么",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class SplitForm(ActForm):
    """What the parts are about, and whose they are."""

    def prepare(self) -> None:
        for number in range(1, PARTS + 1):
            title: Any = forms.CharField(label=f"第 {number} 件", max_length=80, required=number < 3)
            title.error_messages["required"] = "至少写两件：只有一件，就不用拆"
            self.fields[f"title{number}"] = title
            self.fields[f"desk{number}"] = forms.ChoiceField(label="给哪个窗口", required=False)
            self._desks(f"desk{number}", "还是这个窗口")

    def parts(self) -> list[tuple[str, Desk | None]]:
        """What was filled in."""
        found = self.cleaned_data
        numbers = [n for n in range(1, PARTS + 1) if (found.get(f"title{n}") or "").strip()]
        return [(found[f"title{n}"].strip(), self._desk(f"desk{n}")) for n in numbers]


class OtherForm(ActForm):
    """Another case: picked from a list, or by its number."""

    other = forms.CharField(
        label="哪一件", max_length=80, help_text="编号、标题里的字，或者企业名",
        error_messages={"required": "请选另一件诉求"},
    )  # fmt: skip

    def prepare(self) -> None:
        url = f"{reverse('cases:pick')}?for={self.case.pk}"
        self.fields["other"].widget = Picker(data_url=url, label_of=self._label)

    def _label(self, value: Any) -> str:
        found = queries_acts.other_case(self.actor, str(value))
        return f"{found.number} {found.title}" if found else str(value)

    def clean_other(self) -> Case:
        text = self.cleaned_data["other"].strip()
        found = queries_acts.other_case(self.actor, text)
        if found is None:
            raise forms.ValidationError(f"没有找到“{text}”：请从下拉里选一件，或填完整的编号")
        return found


class WithdrawForm(forms.Form):
    """Why it isn't needed any more; nobody has to say."""

    reason = forms.CharField(
        label="为什么不用办了", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写不写都行，写了社区下次能做得更好",
    )  # fmt: skip
