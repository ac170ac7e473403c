"""Where things are: community, grids, parks, buildings, units; and who looks after which park."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


def default_office_hours() -> list[list[str]]:
    """Nine to half past five with an hour and a half of lunch."""
    return [["09:00", "12:00"], ["13:30", "17:30"]]


class Community(models.Model):
    """产业社区: the tenant. Everything else belongs to one."""

    name = models.CharField("名称", max_length=40)
    code = models.CharField("代号", max_length=16, unique=True)
    subdistrict = models.CharField("所属街道", max_length=40, blank=True)
    founded_on = models.DateField("成立日期", null=True)
    boundary = models.JSONField("四至", null=True)  # GeoJSON Polygon, WGS-84
    backdrop = models.JSONField("底图", default=list)  # GeoJSON features: streets, canals
    office_hours = models.JSONField("办公时间", default=default_office_hours)
    phone = models.CharField("联系电话", max_length=24, blank=True)
    address_words = models.JSONField("地址中的常见写法", default=list)  # words that stand for this place
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Grid(models.Model):
    """网格: a territory of whole parks, staffed 1+3+N. Its people are memberships bound to it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="grids")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("名称", max_length=40)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "number"], name="grid_number")]
        ordering = ["community_id", "number"]

    def __str__(self) -> str:
        return self.name


class Park(models.Model):
    """园区: a plot with one or more buildings, run by an operator."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="parks")
    name = models.CharField("名称", max_length=40)
    aliases = models.JSONField("别名", default=list)  # other names it has in addresses
    address = models.CharField("地址", max_length=120, blank=True)  # street and number
    lng = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    outline = models.JSONField("边界", null=True)  # GeoJSON Polygon
    operator_name = models.CharField("运营方", max_length=60, blank=True)
    property_name = models.CharField("物业", max_length=60, blank=True)
    provenance = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="park_name")]
        ordering = ["community_id", "id"]

    def __str__(self) -> str:
        return self.name


class GridTerm(models.Model):
    """A park belongs to a grid from one day to another: at most one at a time."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="terms")
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="terms")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)  # the last day on which it holds

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["park"], condition=Q(valid_to=None), name="grid_term_open"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="grid_term_dates"
            ),
        ]
        indexes = [models.Index(fields=["grid", "valid_to"], name="grid_term_grid")]

    def __str__(self) -> str:
        return f"{self.park_id} → {self.grid_id}"


class Building(models.Model):
    """楼宇: floors and units, a footprint on the map, a code for the QR at its door."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="buildings")
    name = models.CharField("名称", max_length=40)
    aliases = models.JSONField("别名", default=list)
    floors = models.PositiveSmallIntegerField("地上层数", default=1)
    height = models.FloatField("高度（米）", default=4.0)
    footprint = models.JSONField("轮廓", null=True)  # GeoJSON Polygon
    lng = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    code = models.CharField("楼宇码", max_length=12, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["park", "name"], name="building_name")]
        ordering = ["park_id", "name"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """单元/房间."""

    building = models.ForeignKey(Building, models.CASCADE, related_name="units")
    floor = models.SmallIntegerField("楼层")
    room = models.CharField("房号", max_length=20)
    area = models.DecimalField("面积（平方米）", max_digits=9, decimal_places=1, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["building", "room"], name="unit_room")]
        ordering = ["building_id", "floor", "room"]

    def __str__(self) -> str:
        return self.room


class ParkCaptain(models.Model):
    """园区长: a volunteer of a park. The term of office is that of the membership."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="captains")
    membership_id = models.BigIntegerField(unique=True)
    user_id = models.BigIntegerField()
    enterprise = models.ForeignKey("registry.Enterprise", models.SET_NULL, null=True, related_name="+")
    valid_from = models.DateField("任期起")
    valid_to = models.DateField("任期止", null=True)

    class Meta:
        indexes = [models.Index(fields=["park", "valid_to"], name="captain_park")]

    def __str__(self) -> str:
        return f"{self.park_id} {self.user_id}"
