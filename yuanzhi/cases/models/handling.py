"""What happens to a case on its way: stages, attachments, links, extensions, reminders, absences."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yuanzhi.kernel import clock
from yuanzhi.registry.models import Community

from .case import Case, Note
from .catalogue import ItemStage


class CaseStage(models.Model):
    """One line of a case's own checklist, copied from the catalogue when the case was opened."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=8, choices=ItemStage.Kind.choices, default=ItemStage.Kind.STAGE)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    who = models.CharField(max_length=40, blank=True)
    hint = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField("应完成", null=True)
    done_at = models.DateTimeField("完成", null=True)
    done_by_label = models.CharField(max_length=80, blank=True)
    is_skipped = models.BooleanField("不需要", default=False)
    why = models.CharField("为什么不需要", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "order"], name="case_stage_order")]
        ordering = ["case_id", "kind", "order"]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A file somebody gave: kept under its digest, shown under its name."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    note = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="attachments")
    name = models.CharField("文件名", max_length=120)
    mime = models.CharField(max_length=80)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=200)  # path below MEDIA_ROOT
    is_public = models.BooleanField("企业可见", default=True)
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "sha256"], name="attachment_once", condition=Q(removed_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class CaseLink(models.Model):
    """Two cases that have to do with each other."""

    one = models.ForeignKey(Case, models.CASCADE, related_name="links_out")
    other = models.ForeignKey(Case, models.CASCADE, related_name="links_in")
    author_label = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="case_link_once"),
            models.CheckConstraint(condition=~Q(one=models.F("other")), name="case_link_two"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id}–{self.other_id}"


class Extension(models.Model):
    """A longer promise, asked for before the deadline with a reason, decided by somebody else."""

    class State(models.TextChoices):
        ASKED = "asked", "待批"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"

    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField("延长几个工作日")
    reason = models.CharField("为什么", max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_label = models.CharField(max_length=80)
    asked_at = models.DateTimeField(default=clock.now)
    due_before = models.DateTimeField("原到期")
    decided_by_label = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="extension_one_open", condition=Q(state="asked"))
        ]

    def __str__(self) -> str:
        return f"{self.case_id} +{self.days}"


class Reminder(models.Model):
    """One reminder to one person about one case: planned into office hours, told in a digest, once."""

    class State(models.TextChoices):
        PLANNED = "planned", "待发"
        SENT = "sent", "已发"
        NOT_SENT = "not_sent", "没发成"
        VOID = "void", "不用发了"

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders")
    user_id = models.BigIntegerField()
    basket = models.CharField(max_length=16)  # which basket of the board it is about
    mark = models.CharField(max_length=40)  # what makes it one: the due instant, the round …
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    planned_for = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    why = models.CharField("没发成的原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "case", "basket", "mark"], name="reminder_once")
        ]
        indexes = [
            models.Index(
                fields=["planned_for", "user_id"], name="reminder_due", condition=Q(state="planned")
            ),
            models.Index(
                fields=["community", "-id"], name="reminder_not_sent", condition=Q(state="not_sent")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.basket} {self.case_id} → {self.user_id}"


class Stumble(models.Model):
    """没处理成: a case over which the scheduler stumbled, until it gets past it."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    case = models.OneToOneField(Case, models.CASCADE, related_name="stumble")
    why = models.CharField(max_length=200)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.why}"


class Absence(models.Model):
    """Days on which somebody gets no new cases."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=40)
    first_day = models.DateField("从")
    last_day = models.DateField("到")
    why = models.CharField("原因", max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="absence_days")
        ]
        indexes = [models.Index(fields=["community", "last_day"], name="absence_community")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.first_day}–{self.last_day}"
