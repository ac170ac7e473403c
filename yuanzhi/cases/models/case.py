"""诉求: one need from intake to the enterprise's own verdict, and what is written on it."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from yuanzhi.kernel import clock
from yuanzhi.registry.models import Building, Community, Enterprise

from ..states import CLOCK_RUNS, STATE_NAMES, State
from .catalogue import Desk, ServiceItem


def tracking_token() -> str:
    """128 random bits for the link in the enterprise's hand."""
    return secrets.token_urlsafe(16)


class Case(models.Model):
    """诉求: one need, from intake to the enterprise's own verdict. Written only by `cases.actions`."""

    class Channel(models.TextChoices):
        DESK = "desk", "窗口"
        WECHAT = "wechat", "微信"
        PHONE = "phone", "电话"
        CAPTAIN = "captain", "园区长"
        VISIT = "visit", "走访"
        PORTAL = "portal", "企业门户"
        QR = "qr", "扫码"
        SHEET = "sheet", "表格"

    community = models.ForeignKey(Community, models.PROTECT, related_name="cases")
    number = models.CharField("编号", max_length=20)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="cases")
    building = models.ForeignKey(Building, models.SET_NULL, null=True, related_name="+")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="cases")
    item = models.ForeignKey(ServiceItem, models.PROTECT, null=True, related_name="cases")
    title = models.CharField("一句话", max_length=80)
    words = models.TextField("原话", blank=True)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices, default=Channel.DESK)
    speaker = models.CharField("谁说的", max_length=40, blank=True)
    speaker_phone_sealed = models.TextField(blank=True)
    speaker_phone_masked = models.CharField(max_length=24, blank=True)
    is_confidential = models.BooleanField("不让单位看到", default=False)
    state = models.CharField(
        "状态", max_length=12, choices=[(s.value, n) for s, n in STATE_NAMES.items()], default=State.RECEIVED
    )
    owner_id = models.BigIntegerField("经办", null=True)
    owner_name = models.CharField(max_length=40, blank=True)
    opened_by_id = models.BigIntegerField(null=True)
    # Why this desk and this owner: "规则“欠款”：原话里有“尾款”". A wrong assignment goes back once.
    routed_why = models.CharField("为什么派到这里", max_length=200, blank=True)
    routed_by = models.ForeignKey(
        "cases.RoutingRule", models.SET_NULL, null=True, related_name="cases", db_index=False
    )
    partner_kind = models.CharField("建议请谁帮忙", max_length=20, blank=True)
    given_at = models.DateTimeField("派来的时间", null=True)
    given_by_id = models.BigIntegerField(null=True)  # whoever handed it over; null: the routing did
    is_returned = models.BooleanField("退回过", default=False)
    # A part of a larger matter; where a case went that was the same as another.
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    opened_at = models.DateTimeField("提出时间")
    # The promise as it was given; `due_at` is the end of the clock that runs now.
    response_due = models.DateTimeField("应响应")
    resolution_due = models.DateTimeField("应办结")
    due_at = models.DateTimeField("到期")
    # What the promise was made of, so that a newly published calendar can work it out again.
    promise_from = models.DateTimeField()
    response_hours = models.PositiveSmallIntegerField()
    resolution_days = models.PositiveSmallIntegerField()
    is_provisional = models.BooleanField("时限含未发布日历", default=False)
    paused_at = models.DateTimeField(null=True)
    paused_minutes = models.PositiveIntegerField("挂起（工作分钟）", default=0)
    extended_days = models.PositiveSmallIntegerField("延期（工作日）", default=0)
    urged_at = models.DateTimeField("督办", null=True)  # until a note or a step answers
    urged_words = models.CharField("督办意见", max_length=300, blank=True)
    call_back_due = models.DateTimeField("应回访", null=True)  # set when the enterprise is not satisfied
    responded_at = models.DateTimeField("响应时间", null=True)
    resolved_at = models.DateTimeField("办结时间", null=True)
    closed_at = models.DateTimeField("了结时间", null=True)
    outcome = models.TextField("办理结果", blank=True)
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    token = models.CharField(max_length=32, unique=True, default=tracking_token)
    intake_key = models.CharField(max_length=64, null=True)  # a form sent twice makes one case
    # When the scheduler looks at this case next; null: nothing will come due. A write sets it to now.
    look_at = models.DateTimeField(null=True, default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="case_number"),
            models.UniqueConstraint(fields=["community", "intake_key"], name="case_intake_once"),
        ]
        indexes = [
            # The open list by due date, of a community and of one owner: small, whatever the archive's size.
            models.Index(
                fields=["community", "due_at", "id"],
                name="case_open_due",
                condition=Q(state__in=sorted({*CLOCK_RUNS, State.WAITING})),
            ),
            models.Index(
                fields=["community", "owner_id", "due_at", "id"],
                name="case_owner_due",
                condition=Q(state__in=sorted({*CLOCK_RUNS, State.WAITING})),
            ),
            models.Index(fields=["community", "state", "-id"], name="case_state"),
            models.Index(fields=["enterprise", "-id"], name="case_enterprise"),
            models.Index(fields=["community", "opened_by_id", "-id"], name="case_opened_by"),
            models.Index(fields=["community", "owner_id", "-id"], name="case_owner"),
            models.Index(fields=["community", "state", "-closed_at"], name="case_closed"),
            # How often a rule fitted lately, counted from the index alone.
            models.Index(
                fields=["routed_by", "opened_at"], name="case_routed_by", condition=Q(routed_by__isnull=False)
            ),
            models.Index(
                fields=["community", "desk", "due_at", "id"],
                name="case_desk_due",
                condition=Q(state__in=sorted({*CLOCK_RUNS, State.WAITING})),
            ),
            models.Index(fields=["community", "-id"], name="case_newest"),
            # The cohort of a period: what the three rates are counted over.
            models.Index(fields=["community", "opened_at", "id"], name="case_opened"),
            # The baskets of the board, each the few rows it is about.
            models.Index(
                fields=["community", "due_at", "id"],
                name="case_received",
                condition=Q(state=State.RECEIVED.value),
            ),
            models.Index(
                fields=["community", "due_at", "id"],
                name="case_worked",
                condition=Q(state__in=sorted(s.value for s in CLOCK_RUNS - {State.RECEIVED})),
            ),
            models.Index(
                fields=["community", "paused_at", "id"],
                name="case_waiting",
                condition=Q(state=State.WAITING.value),
            ),
            models.Index(
                fields=["community", "call_back_due", "id"],
                name="case_call_back",
                condition=Q(call_back_due__isnull=False),
            ),
            models.Index(
                fields=["community", "urged_at", "id"],
                name="case_urged",
                condition=Q(urged_at__isnull=False),
            ),
            models.Index(fields=["look_at", "id"], name="case_look", condition=Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Note(models.Model):
    """What somebody wrote on a case: for the enterprise as well, or for colleagues only."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    text = models.TextField()
    is_public = models.BooleanField("企业可见", default=False)
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)
    once = models.CharField(max_length=64, null=True, unique=True)

    def __str__(self) -> str:
        return self.text[:40]


class Verdict(models.Model):
    """The enterprise's own word on one round of work. Staff can't write here."""

    class Satisfaction(models.IntegerChoices):
        VERY_GOOD = 5, "非常满意"
        GOOD = 4, "满意"
        FAIR = 3, "一般"
        POOR = 2, "不满意"
        VERY_POOR = 1, "很不满意"

    case = models.ForeignKey(Case, models.CASCADE, related_name="verdicts")
    round = models.PositiveSmallIntegerField()
    is_solved = models.BooleanField("解决了没有")
    satisfaction = models.PositiveSmallIntegerField("满意度", choices=Satisfaction.choices)
    words = models.TextField("想说的话", blank=True)
    channel = models.CharField(max_length=8)  # link or portal
    is_anonymous = models.BooleanField("匿名", default=False)  # the words are shown without the rater
    rater = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="verdict_once_a_round")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.round}: {self.satisfaction}"
