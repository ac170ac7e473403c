"""部门协同: government bodies, and a request to one of them about a case, with its own clock."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yuanzhi.cases.models import Attachment, Case, Note
from yuanzhi.kernel import clock
from yuanzhi.registry.models import Community

from ..states import CoordinationState, choices


class Department(models.Model):
    """部门: 经信, 科技, 卫健, 残联, 公安 …"""

    community = models.ForeignKey(Community, models.PROTECT, related_name="departments")
    code = models.CharField(max_length=20)
    name = models.CharField("名称", max_length=40)
    short = models.CharField("简称", max_length=10)
    duties = models.CharField("管什么", max_length=300, blank=True)
    liaison = models.CharField("联络人", max_length=40, blank=True)
    phone_sealed = models.TextField(blank=True)
    phone_masked = models.CharField(max_length=24, blank=True)
    reply_days = models.PositiveSmallIntegerField("几个工作日内答复", default=3)
    is_active = models.BooleanField("在列", default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "code"], name="department_code"),
            models.UniqueConstraint(fields=["community", "name"], name="department_name"),
        ]
        ordering = ["community_id", "id"]

    def __str__(self) -> str:
        return self.name


class Coordination(models.Model):
    """One department asked about one case: it answers for itself, on its own clock."""

    class Part(models.TextChoices):
        LEAD = "lead", "主办"
        JOINT = "joint", "协办"

    community = models.ForeignKey(Community, models.PROTECT, related_name="coordinations")
    case = models.ForeignKey(Case, models.PROTECT, related_name="coordinations")
    department = models.ForeignKey(Department, models.PROTECT, related_name="coordinations")
    part = models.CharField(max_length=6, choices=Part.choices, default=Part.JOINT)
    state = models.CharField(
        max_length=10, choices=choices(CoordinationState), default=CoordinationState.SENT
    )
    question = models.TextField("请部门做什么")
    reply_days = models.PositiveSmallIntegerField("几个工作日内答复")
    round = models.PositiveSmallIntegerField("第几次问", default=1)
    sent_at = models.DateTimeField()  # of this round, from which its clock runs
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    # Of the case a department sees its words, and what the sender ticked. Nothing else.
    notes = models.ManyToManyField(Note, related_name="+")
    files = models.ManyToManyField(Attachment, related_name="+")
    confidential_why = models.CharField("为什么要让部门看到私下反映", max_length=200, blank=True)
    handler = models.CharField("经办", max_length=40, blank=True)
    accepted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField("答复", blank=True)
    is_public = models.BooleanField("企业可见", default=True)
    returned_why = models.CharField("为什么退回、该找谁", max_length=300, blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_to = models.ForeignKey(Department, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField(null=True)
    created_by_label = models.CharField(max_length=80)
    once = models.CharField(max_length=64, null=True, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "department"],
                name="coordination_one_open",
                condition=Q(state__in=["sent", "accepted"]),
            )
        ]
        indexes = [
            models.Index(fields=["department", "state", "due_at"], name="coordination_department"),
            models.Index(fields=["community", "state", "due_at"], name="coordination_state"),
            models.Index(fields=["case"], name="coordination_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.department_id} {self.state}"


class Reply(models.Model):
    """What a department said to one round of questions: kept when it is asked again."""

    coordination = models.ForeignKey(Coordination, models.CASCADE, related_name="replies")
    round = models.PositiveSmallIntegerField("第几次问")
    question = models.TextField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField()
    text = models.TextField("答复")
    is_public = models.BooleanField("企业可见")
    author_label = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coordination", "round"], name="reply_once_a_round")]
        ordering = ["coordination_id", "round"]

    def __str__(self) -> str:
        return f"{self.coordination_id}/{self.round}"


class GuestLink(models.Model):
    """A link for somebody without an account: signed, for one ask or one coordination, expiring."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="guest_links")
    ask = models.ForeignKey("partners.Ask", models.CASCADE, null=True, related_name="links")
    coordination = models.ForeignKey(Coordination, models.CASCADE, null=True, related_name="links")
    digest = models.CharField(max_length=64, unique=True)  # the link itself is never stored
    name = models.CharField("给谁", max_length=40)
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField("最近用过", null=True)  # opening a page writes nothing
    uses = models.PositiveIntegerField("用过几次", default=0)
    once = models.CharField(max_length=64, null=True, unique=True)
    created_by_label = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ask__isnull=False, coordination__isnull=True)
                | Q(ask__isnull=True, coordination__isnull=False),
                name="guest_link_one_thing",
            )
        ]
        indexes = [models.Index(fields=["case"], name="guest_link_case")]

    def __str__(self) -> str:
        return f"{self.name} {self.expires_at:%Y-%m-%d}"
