"""The form of one receivable."""

from __future__ import annotations

from typing import Any

from django import forms

from .claims import EVIDENCE
from .models import Claim


class ClaimForm(forms.Form):
    """Who owes what for which project, what proves it, and what came back."""

    debtor = forms.CharField(
        label="谁欠的", max_length=80,
        error_messages={"required": "谁欠的还没写：写对方的名称，不确定全称就写平时怎么叫"},
    )  # fmt: skip
    amount = forms.DecimalField(
        label="金额", max_digits=12, decimal_places=2, min_value=0,
        help_text="单位是元",
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        error_messages={"required": "欠多少还没写，单位是元", "invalid": "金额写数字，例如 38000"},
    )  # fmt: skip
    project = forms.CharField(label="哪个项目", max_length=80, required=False)
    due_on = forms.DateField(
        label="该哪天付", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    evidence = forms.MultipleChoiceField(
        label="手上有的证据",
        required=False,
        choices=[(one.code, one.name) for one in EVIDENCE],
        widget=forms.CheckboxSelectMultiple,
    )
    state = forms.ChoiceField(
        label="到哪一步了", choices=Claim.State.choices, initial=Claim.State.OPEN, required=False
    )
    recovered = forms.DecimalField(
        label="已收回", max_digits=12, decimal_places=2, min_value=0, required=False, help_text="单位是元",
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        error_messages={"invalid": "已收回写数字，例如 20000"},
    )  # fmt: skip
    note = forms.CharField(label="备注", max_length=200, required=False)

    def given(self) -> dict[str, Any]:
        """As the actions take it."""
        values = dict(self.cleaned_data)
        return {**values, "evidence": dict.fromkeys(values["evidence"], True)}

    @staticmethod
    def of(claim: Claim) -> dict[str, Any]:
        """The line as the form's first values."""
        return {
            "debtor": claim.debtor, "amount": claim.amount, "project": claim.project, "due_on": claim.due_on,
            "evidence": [code for code, has in claim.evidence.items() if has], "state": claim.state,
            "recovered": claim.recovered, "note": claim.note,
        }  # fmt: skip
