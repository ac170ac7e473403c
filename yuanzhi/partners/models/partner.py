"""合伙人: partner firms and their experts, when they are on duty, and whom they must not act against."""

from __future__ import annotations

from django.db import models

from yuanzhi.registry.models import Community, Enterprise


class PartnerKind(models.Model):
    """A field of help: 法律, 会计, 税务 … Rows, so that a community adds its own."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="partner_kinds")
    code = models.CharField(max_length=20)
    name = models.CharField("名称", max_length=20)
    order = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "code"], name="partner_kind_code")]
        ordering = ["community_id", "order", "id"]

    def __str__(self) -> str:
        return self.name


class Partner(models.Model):
    """合伙人机构: a firm of professionals, accredited by the community for a time."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", "待认证"
        ACCREDITED = "accredited", "已认证"
        SUSPENDED = "suspended", "暂停"
        ENDED = "ended", "已退出"

    community = models.ForeignKey(Community, models.PROTECT, related_name="partners")
    kind = models.ForeignKey(PartnerKind, models.PROTECT, related_name="partners")
    name = models.CharField("名称", max_length=80)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    licence_no = models.CharField("执业许可证号", max_length=60, blank=True)
    licence_until = models.DateField("许可有效期至", null=True)
    phone_sealed = models.TextField(blank=True)
    phone_masked = models.CharField(max_length=24, blank=True)
    intro = models.CharField("擅长什么", max_length=300, blank=True)
    free_terms = models.CharField("什么免费", max_length=300)
    paid_terms = models.CharField("什么收费、怎么收", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CANDIDATE)
    state_why = models.CharField("原因", max_length=200, blank=True)
    accredited_until = models.DateField("认证有效期至", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="partner_name")]
        indexes = [models.Index(fields=["community", "state"], name="partner_state")]

    def __str__(self) -> str:
        return self.name


class Expert(models.Model):
    """专家: one professional of a partner; with an account (`user_id`) or reached by guest links."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="experts")
    user_id = models.BigIntegerField(null=True)
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职称", max_length=40, blank=True)
    licence_no = models.CharField("执业证号", max_length=60, blank=True)
    licence_until = models.DateField("证书有效期至", null=True)
    specialities = models.JSONField("专长", default=list)  # ["合同", "劳动"]
    languages = models.JSONField("语言", default=list)  # ["普通话", "英语"]
    phone_sealed = models.TextField(blank=True)
    phone_masked = models.CharField(max_length=24, blank=True)
    most_open = models.PositiveSmallIntegerField("手上最多几件", default=8)
    is_active = models.BooleanField("在列", default=True)
    last_asked_at = models.DateTimeField(null=True)  # the rotation asks who was asked longest ago
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["partner", "is_active"], name="expert_partner"),
            models.Index(fields=["user_id"], name="expert_user", condition=models.Q(user_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class Tie(models.Model):
    """What binds a partner or an expert to an enterprise: who has one is not asked against it."""

    class Kind(models.TextChoices):
        ACTS_FOR = "acts_for", "常年或正在代理"
        AGAINST = "against", "正在代理对方"
        EMPLOYER = "employer", "任职或近亲属任职"
        SHAREHOLDER = "shareholder", "持股"

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="ties")
    expert = models.ForeignKey(Expert, models.CASCADE, null=True, related_name="ties")  # null: the whole firm
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, null=True, related_name="partner_ties")
    name = models.CharField("企业或个人", max_length=80)  # as it was said; also somebody outside the register
    kind = models.CharField(max_length=12, choices=Kind.choices)
    since = models.DateField("起", null=True)
    until = models.DateField("止", null=True)
    source = models.CharField("来源", max_length=120)

    class Meta:
        indexes = [models.Index(fields=["partner"], name="tie_partner")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.kind} {self.name}"


class Duty(models.Model):
    """值守: an expert's half-day at the community."""

    class Half(models.TextChoices):
        MORNING = "am", "上午"
        AFTERNOON = "pm", "下午"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="duties")
    date = models.DateField("日期")
    half = models.CharField(max_length=2, choices=Half.choices)
    place = models.CharField("在哪儿", max_length=60, blank=True)
    is_cancelled = models.BooleanField("取消", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["expert", "date", "half"], name="duty_once")]
        indexes = [models.Index(fields=["date", "half"], name="duty_date")]
        ordering = ["date", "half"]

    def __str__(self) -> str:
        return f"{self.date} {self.half}"
