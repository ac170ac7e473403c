"""Parks, buildings, rooms, grids and captains."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone

from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import account_named, find_people, people_visible_to
from yuanzhi.kernel.forms import Picker

from ..mapping.ground import middle, ring_of
from ..models import Building, Park
from ..queries import grids_visible_to
from ..rules.outline import parse_outline, show_outline
from .fields import ActorForm, EnterpriseField, PickedField, day, text

_ROOMS = re.compile(r"^([A-Za-z]?)(\d{2,5})(?:\s*[-–~～至到]\s*([A-Za-z]?)(\d{2,5}))?([A-Za-z]?)$")
MOST_ROOMS = 500


def _words(typed: str) -> list[str]:
    return list(dict.fromkeys(w.strip() for w in re.split(r"[,，、;；\n]+", typed) if w.strip()))


class OutlineField(forms.CharField):
    """An outline, typed or pasted; becomes GeoJSON."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            help_text="每行一个角的“经度，纬度”（WGS-84），或从画图工具粘贴 GeoJSON；没有就空着",
        )

    def clean(self, value: Any) -> dict[str, Any] | None:
        try:
            return parse_outline(super().clean(value))
        except ValueError as no:
            raise forms.ValidationError(str(no)) from no


class PositionForm(forms.Form):
    """Where something lies. With an outline the middle is worked out unless it is given."""

    lng = forms.FloatField(label="经度", required=False, min_value=73, max_value=136)
    lat = forms.FloatField(label="纬度", required=False, min_value=3, max_value=54)
    shape = ""  # the outline's field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outline = data.get(self.shape)
        if (data.get("lng") is None) != (data.get("lat") is None) and not self.errors:
            raise forms.ValidationError("经度和纬度要么都填，要么都空着")
        if outline and data.get("lng") is None:
            data["lng"], data["lat"] = middle(ring_of(outline))
        return data


class ParkForm(PositionForm):
    """A park's names, address, who runs it, and where it lies."""

    shape = "outline"
    field_order = ("name", "aliases", "address", "operator_name", "property_name", "lng", "lat", "outline")

    name = forms.CharField(label="园区名称", max_length=40, error_messages={"required": "园区名称还没填"})
    aliases = text("别的叫法", "地址里会出现的其他写法，用逗号隔开；导入时靠它认地址", max_length=200)
    address = text("门牌", "路名和号，例如：文一西路1818-2号", max_length=120)
    operator_name = text("运营方", max_length=60)
    property_name = text("物业", max_length=60)
    outline = OutlineField("边界")

    def __init__(self, *args: Any, park: Park | None = None, **kwargs: Any) -> None:
        if park is not None:
            fields = ("name", "address", "operator_name", "property_name", "lng", "lat")
            kwargs["initial"] = {field: getattr(park, field) for field in fields}
            kwargs["initial"]["aliases"] = "，".join(park.aliases)
            kwargs["initial"]["outline"] = show_outline(park.outline)
        super().__init__(*args, **kwargs)

    def clean_aliases(self) -> list[str]:
        return _words(self.cleaned_data["aliases"])


class BuildingForm(PositionForm):
    """A building."""

    shape = "footprint"
    field_order = ("name", "aliases", "floors", "height", "lng", "lat", "footprint")

    name = forms.CharField(
        label="楼宇名称",
        max_length=40,
        help_text="例如：A座、3号楼",
        error_messages={"required": "楼宇名称还没填"},
    )
    aliases = text("别的叫法", "用逗号隔开", max_length=200)
    floors = forms.IntegerField(
        label="地上几层", min_value=1, max_value=150, initial=1,
        error_messages={"max_value": "不会超过 150 层，请核对", "min_value": "至少 1 层"},
    )  # fmt: skip
    height = forms.FloatField(
        label="多高（米）",
        required=False,
        min_value=2,
        max_value=800,
        help_text="不知道就空着，按每层 4 米算",
    )
    footprint = OutlineField("轮廓")

    def __init__(self, *args: Any, building: Building | None = None, **kwargs: Any) -> None:
        if building is not None:
            fields = ("name", "floors", "height", "lng", "lat")
            kwargs["initial"] = {field: getattr(building, field) for field in fields}
            kwargs["initial"]["aliases"] = "，".join(building.aliases)
            kwargs["initial"]["footprint"] = show_outline(building.footprint)
        super().__init__(*args, **kwargs)

    def clean_aliases(self) -> list[str]:
        return _words(self.cleaned_data["aliases"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("height") is None and data.get("floors"):
            data["height"] = data["floors"] * 4.0
        return data


def read_rooms(typed: str) -> list[tuple[int, str]]:
    """(floor, room) of "1501-1510、1512，301A". Raises ValidationError naming what can't be read.

    The floor is the number without its last two digits: 1501 is on 15, 301 on 3.
    """
    rooms: list[tuple[int, str]] = []
    for word in _words(typed):
        found = _ROOMS.match(word)
        if not found:
            raise forms.ValidationError(f"看不懂“{word}”：请写成 1501 或 1501-1510，用逗号隔开")
        head, first, head2, last, tail = found.groups()
        start, end = int(first), int(last or first)
        if end < start or end - start > 99 or (last and (tail or (head2 and head2 != head))):
            raise forms.ValidationError(f"“{word}”的起止不对：要从小到大，一次最多 100 间")
        for number in range(start, end + 1):
            digits = str(number).zfill(len(first))
            rooms.append((max(int(digits[:-2] or 0), 1), f"{head}{digits}{tail}"))
    if not rooms:
        raise forms.ValidationError("还没写房号，例如：1501-1510")
    if len(rooms) > MOST_ROOMS:
        raise forms.ValidationError(f"一次最多加 {MOST_ROOMS} 间，请分几次")
    return rooms


class RoomsForm(forms.Form):
    """Rooms to add, as they are written on a floor plan."""

    rooms = forms.CharField(
        label="房号",
        help_text="连号写 1501-1510，单间用逗号隔开；已经有的不会重复",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "1501-1510，1601-1610，1701A"}),
        error_messages={"required": "还没写房号，例如：1501-1510"},
    )

    def clean_rooms(self) -> list[tuple[int, str]]:
        return read_rooms(self.cleaned_data["rooms"])


class GridForm(forms.Form):
    """A new grid."""

    number = forms.IntegerField(
        label="第几网格", min_value=1, max_value=999, error_messages={"required": "写上序号"}
    )
    name = text("名称", "不填就叫“第 N 网格”", max_length=40)
    valid_from = day("从哪天起", "不填就是今天")


class AssignForm(ActorForm):
    """A park goes to a grid from a day on."""

    grid = forms.ChoiceField(label="划给")
    effective = day("从哪天起", "不填就是今天")
    why = text("为什么", max_length=100, attrs={"placeholder": "例如：工作量太重，分给邻格"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grid"].choices = [(g.pk, g.name) for g in grids_visible_to(self.actor)]  # type: ignore[attr-defined]


class PersonField(PickedField):
    """An account of the community; without JavaScript a user name, phone or unmistakable name."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "姓名、用户名或手机号"}
        widget = Picker(data_url=reverse_lazy("registry:pick_person"), label_of=self._label, attrs=attrs)
        super().__init__(widget=widget, **kwargs)

    def _label(self, value: Any) -> str:
        if self.actor and str(value).isdecimal():
            row = people_visible_to(self.actor).filter(pk=value).first()
            return row.name if row else str(value)
        return str(value)

    def clean(self, value: Any) -> User | None:
        typed = super().clean(value).strip()
        if not typed:
            return None
        assert self.actor is not None
        known = people_visible_to(self.actor).filter(is_active=True)
        if typed.isdecimal() and len(typed) < 11 and (row := known.filter(pk=typed).first()) is not None:
            return row
        if (row := account_named(typed)) is not None:
            return row
        found = find_people(self.actor, typed, limit=5)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(f"没有找到“{typed}”：他要先有账号，请系统管理员开设")
        raise forms.ValidationError(f"叫“{typed}”的不止一位，请写用户名或手机号")


class CaptainForm(ActorForm):
    """A captain for a term of office."""

    person = PersonField(label="请谁当园区长", help_text="他要先有账号；还没有的，请系统管理员开设")
    enterprise = EnterpriseField(label="他在哪家企业", required=False)
    valid_from = day("任期从", "不填就是今天")
    valid_to = day("到", "不填就是一年")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start = data.get("valid_from") or timezone.localdate()
        if data.get("valid_to") is None and not self.has_error("valid_to"):
            data["valid_to"] = _a_year_after(start)
        elif data.get("valid_to") and data["valid_to"] < start:
            self.add_error("valid_to", f"结束日期早于开始日期 {start}，请改一下")
        return data


def _a_year_after(start: dt.date) -> dt.date:
    """The last day of a year's term."""
    try:
        end = start.replace(year=start.year + 1)
    except ValueError:  # 29 February
        end = dt.date(start.year + 1, 3, 1)
    return end - dt.timedelta(days=1)


class EndGridForm(forms.Form):
    """Until when a grid is there."""

    last_day = day("最后一天", "不填就是今天")


class DismissForm(forms.Form):
    """Until when a captain serves."""

    last_day = day("任期到哪天为止", "不填就是今天结束")
