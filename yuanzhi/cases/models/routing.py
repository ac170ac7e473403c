"""Where a need goes: ordered rules, and what was learned from the community's own closed cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yuanzhi.kernel import clock
from yuanzhi.registry.models import Community

from .case import Case
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
    channels = models.JSONField("渠道", default=list)  # codes of Case.Channel, any of these
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


class DeskSeat(models.Model):
    """What share of somebody's time a desk has, and when it last gave a case. No row: all of it, never."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="seats")
    user_id = models.BigIntegerField()
    share = models.PositiveSmallIntegerField("在这个窗口的工作份额（%）", default=100)
    given = models.PositiveIntegerField("派过几件", default=0)  # compare-and-set: two intakes at once
    given_at = models.DateTimeField("上次派件", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["desk", "user_id"], name="desk_seat_once"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="desk_seat_share"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.desk_id} {self.share}%"


class CaseShingle(models.Model):
    """A few pairs of signs of each case, by which others that say the same are found (similar.py)."""

    pk = models.CompositePrimaryKey("community_id", "sign", "case_id")
    community = models.ForeignKey(Community, models.CASCADE, related_name="+", db_index=False)
    sign = models.IntegerField()
    case = models.ForeignKey(Case, models.CASCADE, related_name="shingles")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.sign}"


class RoutingTrial(models.Model):
    """A dry run: what rules not saved yet would have done to past cases."""

    class State(models.TextChoices):
        RUNNING = "running", "正在试"
        DONE = "done", "试好了"
        FAILED = "failed", "没试成"

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    rules = models.JSONField()  # the whole list, in order, as plain data
    change = models.JSONField("要改什么", default=dict)  # what "use it" would save
    days = models.PositiveSmallIntegerField("看最近几天", default=90)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)  # where a run that was interrupted goes on
    found = models.JSONField(default=dict)
    why = models.CharField(max_length=200, blank=True)
    author_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.community_id} {self.state} {self.seen}/{self.total}"
