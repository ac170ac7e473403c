"""Desks, and what they offer: dated entries with their promise and their procedure."""

from __future__ import annotations

from django.db import models

from yuanzhi.registry.models import Community


class Desk(models.Model):
    """专员窗口: one of the four desks of a community."""

    class Code(models.TextChoices):
        PARTY = "party", "党群建设"
        ECONOMY = "economy", "经济发展"
        PUBLIC = "public", "公共事务"
        GOVERNANCE = "governance", "综合治理"

    community = models.ForeignKey(Community, models.PROTECT, related_name="desks")
    code = models.CharField(max_length=12, choices=Code.choices)
    name = models.CharField("窗口", max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "code"], name="desk_code")]
        ordering = ["community_id", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        """The two-letter name on narrow buttons."""
        return {"party": "党群", "economy": "经济", "public": "公共", "governance": "综治"}[self.code]


class ServiceItem(models.Model):
    """服务事项: a catalogue entry with its promise. Dated: an edit makes a new row, old cases keep theirs."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="items")
    name = models.CharField("事项", max_length=60)
    response_hours = models.PositiveSmallIntegerField("响应（工作小时）", default=4)
    resolution_days = models.PositiveSmallIntegerField("办结（工作日）", default=5)
    statutory_days = models.PositiveSmallIntegerField("法定时限（工作日）", null=True)
    basis = models.CharField("依据", max_length=120, blank=True)  # 文号 of the statutory time
    words = models.CharField("常说的话", max_length=400, blank=True)  # "尾款、欠款": how people call it
    guide = models.TextField("怎么办", blank=True)
    is_listed = models.BooleanField("企业门户里可选", default=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)  # the last day on which it holds
    # The row before an edit: through it a rule or a link that names an older row finds the one in force.
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        indexes = [models.Index(fields=["desk", "valid_to"], name="item_desk")]

    def __str__(self) -> str:
        return self.name


class ItemStage(models.Model):
    """One line of an item's procedure: a material the enterprise brings, or a stage the work goes through."""

    class Kind(models.TextChoices):
        MATERIAL = "material", "材料"
        STAGE = "stage", "环节"

    item = models.ForeignKey(ServiceItem, models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.STAGE)
    order = models.PositiveSmallIntegerField()
    name = models.CharField("名称", max_length=60)
    who = models.CharField("谁来办", max_length=40, blank=True)
    workdays = models.PositiveSmallIntegerField("几个工作日内", null=True)  # from the case's beginning
    hint = models.CharField("提示", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "kind", "order"], name="item_stage_order")]
        ordering = ["item_id", "kind", "order"]

    def __str__(self) -> str:
        return self.name


class ReplyTemplate(models.Model):
    """A reply that staff send often, with {称呼} and other blanks filled from the case."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    desk = models.ForeignKey(Desk, models.CASCADE, null=True, related_name="+")  # null: all desks
    title = models.CharField("名称", max_length=40)
    text = models.TextField("内容")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["community", "is_active"], name="reply_community")]

    def __str__(self) -> str:
        return self.title


class CaseTerms(models.Model):
    """What a community has agreed on about handling cases; the defaults are the product's."""

    community = models.OneToOneField(Community, models.CASCADE, related_name="case_terms")
    amber_hours = models.PositiveSmallIntegerField("到期前几个工作小时亮黄灯", default=8)
    wait_days = models.PositiveSmallIntegerField("等企业几个工作日算太久", default=5)
    call_back_days = models.PositiveSmallIntegerField("不满意后几个工作日内回访", default=2)
    return_days = models.PositiveSmallIntegerField("派错几个工作日内可退回", default=1)
    assigns = models.BooleanField("登记时就派到人", default=False)  # fairly, by open load
    digests = models.JSONField("汇总提醒的时刻", default=list)  # ["09:10", "14:10"]; empty: those two
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.community_id}"
