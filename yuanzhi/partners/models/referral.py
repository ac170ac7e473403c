"""转介: a request to the professionals for one case, the asks it makes, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yuanzhi.cases.models import Case
from yuanzhi.kernel import clock
from yuanzhi.registry.models import Community

from ..states import ReferralState, choices
from .partner import Expert, PartnerKind


class Referral(models.Model):
    """One request for help with a case: to a named expert, in rotation, or to several at once."""

    class Way(models.TextChoices):
        NAMED = "named", "指名"
        ROTATION = "rotation", "轮派"
        PARALLEL = "parallel", "同时问几位"

    community = models.ForeignKey(Community, models.PROTECT, related_name="referrals")
    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    kind = models.ForeignKey(PartnerKind, models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.ROTATION)
    state = models.CharField(max_length=12, choices=choices(ReferralState), default=ReferralState.OPEN)
    question = models.TextField("请专家做什么")
    other_side = models.CharField("对方是谁", max_length=120, blank=True)  # for the conflict check
    speciality = models.CharField("要哪方面的", max_length=40, blank=True)
    language = models.CharField("要会什么语言", max_length=20, blank=True)
    accept_hours = models.PositiveSmallIntegerField("几个工作小时内答复", default=4)
    free_terms = models.CharField("什么免费", max_length=300)  # as it was said to the enterprise then
    paid_terms = models.CharField("什么收费", max_length=300, blank=True)
    taker = models.ForeignKey(Expert, models.PROTECT, null=True, related_name="taken")
    taken_at = models.DateTimeField(null=True)
    contact_due = models.DateTimeField("应联系企业", null=True)  # the workday after it was taken
    contacted_at = models.DateTimeField("已联系", null=True)
    hours = models.DecimalField("用时（小时）", max_digits=6, decimal_places=1, null=True)
    recovered = models.DecimalField("追回（元）", max_digits=14, decimal_places=2, null=True)
    outcome = models.TextField("结果与建议", blank=True)
    closed_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField(null=True)
    created_by_label = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)
    once = models.CharField(max_length=64, null=True, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            # Two forms at once, or two people: one field of help is looked for once at a time.
            models.UniqueConstraint(
                fields=["case", "kind"],
                name="referral_one_live",
                condition=Q(state__in=["open", "taken"]),
            )
        ]
        indexes = [
            models.Index(fields=["community", "state", "-id"], name="referral_state"),
            models.Index(fields=["case"], name="referral_case"),
            models.Index(fields=["taker", "state", "-id"], name="referral_taker"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind_id} {self.state}"


class Ask(models.Model):
    """One expert asked for one referral; whoever accepts first takes it, late answers find it gone."""

    class State(models.TextChoices):
        ASKED = "asked", "等答复"
        ACCEPTED = "accepted", "接下了"
        DECLINED = "declined", "接不了"
        EXPIRED = "expired", "过时没答复"
        WITHDRAWN = "withdrawn", "不用了"

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="asks")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="asks")
    order = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    words = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "expert"], name="ask_once"),
            models.UniqueConstraint(
                fields=["referral"], name="ask_one_accepts", condition=Q(state="accepted")
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="ask_due", condition=Q(state="asked")),
            models.Index(fields=["expert", "state", "-id"], name="ask_expert"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} → {self.expert_id} {self.state}"


class JointVisit(models.Model):
    """A date on which the expert and the community go to the enterprise together."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        AGREED = "agreed", "已约好"
        HELD = "held", "去过了"
        CANCELLED = "cancelled", "取消"

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="visits")
    at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    words = models.CharField("备注", max_length=300, blank=True)
    author_label = models.CharField(max_length=80)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.at:%Y-%m-%d %H:%M}"


class PartnerRating(models.Model):
    """The enterprise's own word on an expert's help. Staff and partners can't write here."""

    referral = models.OneToOneField(Referral, models.CASCADE, related_name="rating")
    satisfaction = models.PositiveSmallIntegerField("满意度")  # 1 to 5, as cases.Verdict
    words = models.TextField("想说的话", blank=True)
    channel = models.CharField(max_length=8)
    rater = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.satisfaction}"
