"""What the enterprise list may be asked, and taking it away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from yuanzhi.accounts.actor import Actor

from ..lists import DEFAULT_SORT, MISSING, SORTS, Asked
from ..models import Enterprise, IndustryDivision
from ..queries import Place, grids_visible_to, parks_of_grids, parks_visible_to, place_by_code
from ..rules.saying import SCALES, STATUSES
from .fields import count, day

PAGING = ("after", "before")
# What stands in the sheet of further filters rather than in the line above the list.
FURTHER = (
    "industry", "placement", "scale", "people_min", "people_max", "capital_min", "capital_max", "since",
    "until", "missing", "building", "abnormal", "stale",
)  # fmt: skip

# Two inputs share one heading; each still needs a name of its own for who cannot see them.
SPOKEN = {
    "people_min": "从业人数至少",
    "people_max": "从业人数至多",
    "capital_min": "注册资本至少，万元",
    "capital_max": "注册资本至多，万元",
    "since": "成立日期从",
    "until": "成立日期到",
}


def _amount(label: str) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "min": 0, "step": "any"})
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=10**11, decimal_places=2, widget=widget
    )


class FilterForm(forms.Form):
    """The filters of the enterprise list. Unusable values are said and left out, never an error page."""

    q = forms.CharField(label="找企业", required=False, max_length=60)
    grid = forms.ChoiceField(label="网格", required=False)
    park = forms.ChoiceField(label="园区", required=False)
    status = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "在册的"), ("all", "全部"), *STATUSES.items()],
    )
    sort = forms.ChoiceField(
        label="排序", required=False, choices=[(s.code, s.label) for s in SORTS.values()]
    )
    industry = forms.ChoiceField(label="行业", required=False)
    placement = forms.ChoiceField(
        label="在不在图上", required=False, choices=[("", "不限"), *Enterprise.Placement.choices]
    )
    scale = forms.ChoiceField(label="规模", required=False, choices=[("", "不限"), *SCALES.items()])
    people_min, people_max = count("人数从"), count("到")
    capital_min, capital_max = _amount("注册资本从（万元）"), _amount("到（万元）")
    since, until = day("成立日期从"), day("到")
    missing = forms.ChoiceField(label="缺什么", required=False, choices=[("", "不限"), *MISSING.items()])
    abnormal = forms.BooleanField(label="列入经营异常", required=False)
    stale = forms.BooleanField(label="一年没核实过", required=False)
    building = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        for name, spoken in SPOKEN.items():
            self.fields[name].widget.attrs["aria-label"] = spoken
        self.grids = {str(g.pk): g.name for g in grids_visible_to(actor)}
        self.parks = {str(pk): name for pk, name in parks_visible_to(actor).values_list("pk", "name")[:2000]}
        self.fields["grid"].choices = [("", "全部网格"), *self.grids.items()]  # type: ignore[attr-defined]
        self.fields["park"].choices = [("", "全部园区"), *self.parks.items()]  # type: ignore[attr-defined]
        sections: dict[str, list[tuple[str, str]]] = {}
        rows = IndustryDivision.objects.order_by("code")
        for section, section_name, code, name in rows.values_list("section", "section_name", "code", "name"):
            group = sections.setdefault(f"{section} {section_name}", [])
            if not group:
                group.append((section, f"{section} 门类全部"))
            group.append((code, name))
        self.industries = {code: name for group in sections.values() for code, name in group}
        self.fields["industry"].choices = [("", "不限"), *sections.items()]  # type: ignore[attr-defined]

    def _given(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}

    def asked(self) -> Asked:
        """What was asked for, ready for `lists.narrow`."""
        given = self._given()
        parks = None
        if "grid" in given:
            parks = frozenset(parks_of_grids({int(given["grid"])}))
        if "park" in given:
            park = int(given["park"])
            parks = frozenset({park}) if parks is None or park in parks else frozenset()
        divisions = None
        if industry := given.get("industry"):
            divisions = frozenset({industry})
            if not industry.isdigit():
                inside = IndustryDivision.objects.filter(section=industry)
                divisions = frozenset(inside.values_list("code", flat=True))
        plain = set(Asked.__dataclass_fields__) - {"parks", "divisions"}
        return Asked(parks=parks, divisions=divisions, **{k: v for k, v in given.items() if k in plain})

    @property
    def order(self) -> str:
        """The code of the chosen order."""
        return self._given().get("sort", DEFAULT_SORT)

    def query(self, **changes: Any) -> str:
        """The query string of this list with some parts changed (None takes a part away), without paging."""
        data = QueryDict(mutable=True)
        for name, value in self._given().items():
            if name == "sort" and value == DEFAULT_SORT:
                continue
            data[name] = "1" if value is True else str(value)
        for name, value in changes.items():
            if value in (None, ""):
                data.pop(name, None)
            else:
                data[name] = value
        return data.urlencode()

    def chips(self) -> list[dict[str, str]]:
        """What is asked for, each with a way to take it back."""
        return [
            {"label": label, "url": f"?{self.query(**{name: None})}", "active": "1",
             "remove_url": f"?{self.query(**{name: None})}"}
            for name, label in self.words().items()
        ]  # fmt: skip

    def words(self) -> dict[str, str]:
        """{part: what it asks, in words}."""
        given = self._given()
        said: dict[str, str] = {}
        for name, value in given.items():
            if name == "sort":
                continue
            said[name] = self._say(name, value)
        return said

    def _say(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if name == "q":
            return f"“{value}”"
        if name == "building":
            place: Place | None = place_by_code(self.actor, f"b:{value}")
            return place.label if place else "某栋楼"
        if name == "industry":
            return self.industries.get(value, value).replace(" 门类全部", " 门类")
        if name == "status":
            return "含已注销、迁出" if value == "all" else STATUSES[value]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices)[value])  # type: ignore[arg-type]
        if isinstance(field, forms.BooleanField):
            return str(field.label)
        ends = {"people": "{} 人", "capital": "{:g} 万元", "since": "{} 后成立", "until": "{} 前成立"}
        stem, _, end = name.partition("_")
        shown = ends[stem].format(float(value) if stem == "capital" else value)
        return f"{'至少' if end == 'min' else '至多'} {shown}" if end else shown

    @property
    def further_count(self) -> int:
        """How many of the further filters are set."""
        return sum(1 for name in self._given() if name in FURTHER and name != "building")


class SaveFilterForm(forms.Form):
    """A name for the present list."""

    name = forms.CharField(label="名称", max_length=40)
    query = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)


class ExportForm(forms.Form):
    """Why, and as what."""

    reason = forms.CharField(
        label="导出做什么用",
        min_length=4,
        max_length=200,
        help_text="会和您的名字、时间一起写在表头，并记入历史",
        widget=forms.TextInput(attrs={"placeholder": "例如：发给街道经济科做三季度统计"}),
        error_messages={
            "required": "写一句导出做什么用，例如“发给街道经济科做三季度统计”",
            "min_length": "再写具体一点：给谁、做什么用",
        },
    )
    form = forms.ChoiceField(
        label="格式",
        choices=[("xlsx", "Excel 表格"), ("csv", "CSV 文本")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
