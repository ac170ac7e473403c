"""Where a need goes: ordered rules, and what was learned from the community's own closed cases."""

from __future__ import annotations

from django.db import models

from yuanzhi.kernel import clock
from yuanzhi.registry.models import Community

from .catalogue import Desk, ServiceItem


class RoutingRule(models.Model):
    """If all that is filled in here is true of a need, it goes to this desk. The first that fits wins."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="routing_rules")
    order = models.PositiveIntegerField()
    name = models.CharField("名称", max_length=40)
    item = models.ForeignKey(ServiceItem, models.PROTECT, null=True, related_name="+")
    words = models.CharField("说到", max_length=400, blank=True)  # "尾款、欠款": any of these
    parks = models.JSONField("园区", default=list)  # ids, any of these
    grids = models.JSONField("网格", default=list)
    facts = models.JSONField("企业", default=list)  # [{"fact": "headcount", "op": "ge", "value": 100}], all
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    give_item = models.ForeignKey(ServiceItem, models.PROTECT, null=True, related_name="+")
    owner_id = models.BigIntegerField("给谁", null=True)  # null: fairly among the desk
    owner_name = models.CharField(max_length=40, blank=True)
    partner_kind = models.CharField("建议请谁帮忙", max_length=20, blank=True)
    is_active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["community", "is_active", "order"], name="routing_order")]
        ordering = ["community_id", "order", "id"]

    def __str__(self) -> str:
        return self.name


class TextModel(models.Model):
    """What the words of closed cases taught: weights as data, never code. The newest counts."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    trained_at = models.DateTimeField(default=clock.now)
    cases = models.PositiveIntegerField("学了几件")
    labels = models.JSONField("事项", default=list)  # item names in the order of the weights
    score = models.FloatField("五折宏平均 F1", null=True)  # null: too few cases to measure
    weights = models.BinaryField()  # numpy .npz, read with allow_pickle=False

    class Meta:
        indexes = [models.Index(fields=["community", "-trained_at"], name="text_model_newest")]

    def __str__(self) -> str:
        return f"{self.community_id} {self.trained_at:%Y-%m-%d %H:%M}"
