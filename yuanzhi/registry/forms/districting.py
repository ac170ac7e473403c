"""What is asked of districting: goal, limits, how much each kind of work weighs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from ..figures import workloads
from .fields import day

# As in districting.GOALS, in the words of a choice; the solver itself is not loaded for a page.
GOALS = (("fewest", "改动最少"), ("compact", "最紧凑"), ("balance", "最均衡"))
GOAL_HINT = "改动最少：换手的企业最少。最紧凑：企业离网格中心最近。最均衡：各网格工作量最接近。"


def _number(
    kind: type[forms.DecimalField] | type[forms.IntegerField] | type[forms.FloatField],
    label: str,
    hint: str,
    least: Any,
    most: Any,
    step: str,
    **kwargs: Any,
) -> Any:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "min": least, "max": most, "step": step})
    errors = {
        "invalid": "这里只填数字",
        "min_value": f"至少是 {least}",
        "max_value": f"最多是 {most}",
        "max_decimal_places": "小数留两位就够了",
        "required": "这里还没填",
    }
    return kind(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        widget=widget,
        error_messages=errors,
        **kwargs,
    )


class DistrictingForm(forms.Form):
    """`parks`: [(id, name, number of its grid today)]; `grids`: how many there are in use."""

    goal = forms.ChoiceField(
        label="先求什么", choices=GOALS, widget=forms.RadioSelect, initial="fewest", help_text=GOAL_HINT
    )
    ratio = _number(
        forms.DecimalField, "最重的网格不超过平均的几倍", "1.10 就是最多比平均重一成",
        Decimal("1.00"), Decimal("3.00"), "0.01", initial=Decimal("1.10"), max_digits=4, decimal_places=2,
    )  # fmt: skip
    count = _number(forms.IntegerField, "划几个网格", "", 1, 200, "1")
    max_parks = _number(
        forms.IntegerField, "最多几个园区换网格", "不填就不限", 0, 2000, "1", required=False
    )  # fmt: skip

    def __init__(self, *args: Any, parks: list[tuple[int, str, int]], grids: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["count"].initial = grids or 1
        self.fields["count"].help_text = f"现在是 {grids} 个"
        self.weight_names = []
        for code, figure in workloads().items():
            name = f"weight_{code}"
            self.fields[name] = _number(
                forms.DecimalField, f"每{figure.unit}{figure.name}算几分", "",
                Decimal(0), Decimal(1000), "0.01",
                initial=Decimal(str(figure.weight)), max_digits=6, decimal_places=2,
            )  # fmt: skip
            self.weight_names.append(name)
        choices = [(str(pk), f"{name}（第 {grid} 网格）") for pk, name, grid in parks]
        self.fields["pinned"] = forms.MultipleChoiceField(
            label="这些园区不动", choices=choices, required=False, widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "选中的园区里有一个现在没有网格，或已经不在了"},
        )  # fmt: skip

    @property
    def weights(self) -> list[forms.BoundField]:
        return [self[name] for name in self.weight_names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        weights = [data.get(name) for name in self.weight_names]
        if not any(self.has_error(name) for name in self.weight_names) and not any(weights):
            self.add_error(self.weight_names[0], "工作量至少要有一项算分，不然没法比轻重")
        return data

    def asked(self) -> dict[str, Any]:
        """What was asked, as it is kept."""
        data = self.cleaned_data
        return {
            "goal": data["goal"],
            "ratio": str(data["ratio"]),
            "count": data["count"],
            "max_parks": data["max_parks"],
            "pinned": [int(pk) for pk in data["pinned"]],
            "weights": {name.removeprefix("weight_"): float(data[name]) for name in self.weight_names},
        }


class AcceptForm(forms.Form):
    """From which day on a proposal holds."""

    effective = day("从哪天起", "到这一天，园区就归新的网格照看", required=True)
