"""The resident: an enterprise, where it sits, whom to call, and where each fact comes from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .place import Building, Community, Park, Unit

# What a count of an actor's enterprises on record looks at, at the end of the indexes that serve counts.
COUNTED = ("status", "merged_into", "park")


class Source(models.Model):
    """Where facts come from: an import, a visit, a department, the enterprise itself. Shown at each fact."""

    class Kind(models.TextChoices):
        IMPORT = "import", "表格导入"
        STAFF = "staff", "工作人员登记"
        ENTERPRISE = "enterprise", "企业自报"
        DEPARTMENT = "department", "部门数据"
        VISIT = "visit", "走访核实"
        DEMO = "demo", "演示数据"

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    label = models.CharField(max_length=200)
    day = models.DateField()  # the day for which the facts hold
    batch_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["community", "kind", "day"], name="source_day")]

    def __str__(self) -> str:
        return self.label


class Enterprise(models.Model):
    """企业. Written only by `registry.actions`; every fact's source and date stand in `provenance`."""

    class Status(models.TextChoices):
        ACTIVE = "active", "存续"
        SUSPENDED = "suspended", "停业歇业"
        REVOKED = "revoked", "吊销"
        CANCELLED = "cancelled", "注销"
        MOVED_OUT = "moved_out", "迁出"

    class Scale(models.TextChoices):
        LARGE = "large", "大型"
        MEDIUM = "medium", "中型"
        SMALL = "small", "小型"
        MICRO = "micro", "微型"

    class Placement(models.TextChoices):
        PLACED = "placed", "已落图"
        TO_PLACE = "to_place", "待落图"
        ELSEWHERE = "elsewhere", "注册在此、办公在外"

    LIVE = (Status.ACTIVE, Status.SUSPENDED)

    community = models.ForeignKey(Community, models.PROTECT, related_name="enterprises")
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    old_code = models.CharField("旧注册号", max_length=18, blank=True)
    name = models.CharField("企业名称", max_length=200)
    name_key = models.CharField(max_length=200)  # normalised, for finding duplicates
    short_name = models.CharField("字号", max_length=60, blank=True)
    kind = models.CharField("企业类型", max_length=80, blank=True)
    status = models.CharField("登记状态", max_length=12, choices=Status.choices, default=Status.ACTIVE)
    is_abnormal = models.BooleanField("经营异常", default=False)
    abnormal_note = models.CharField("异常原因", max_length=200, blank=True)
    established_on = models.DateField("成立日期", null=True)
    division = models.CharField("行业大类", max_length=2, blank=True)  # GB/T 4754-2017
    capital = models.DecimalField("注册资本", max_digits=18, decimal_places=2, null=True)  # currency units
    currency = models.CharField("币种", max_length=3, default="CNY")
    headcount = models.PositiveIntegerField("从业人数", null=True)
    scale = models.CharField("规模", max_length=8, choices=Scale.choices, blank=True)
    business = models.TextField("经营范围", blank=True)
    registered_address = models.CharField("注册地址", max_length=300, blank=True)
    office_address = models.CharField("办公地址", max_length=300, blank=True)  # where it really works
    district = models.CharField("登记区县", max_length=40, blank=True)
    representative = models.CharField("法定代表人", max_length=60, blank=True)
    website = models.CharField("网址", max_length=200, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="branches")
    # Where it sits today, kept by the tenancy actions so that lists need no join.
    placement = models.CharField(max_length=12, choices=Placement.choices, default=Placement.TO_PLACE)
    park = models.ForeignKey(Park, models.SET_NULL, null=True, related_name="enterprises")
    building = models.ForeignKey(Building, models.SET_NULL, null=True, related_name="enterprises")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, related_name="enterprises")
    provenance = models.JSONField(default=dict)  # {field: [source id, "2026-11-24"]}
    confirmed_on = models.DateField("最近核实", null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # compare-and-set for edits

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "uscc"],
                condition=~Q(uscc="") & Q(merged_into=None),
                name="enterprise_uscc",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-updated_at", "-id"], name="enterprise_recent"),
            models.Index(fields=["community", "park", "-id"], name="enterprise_park"),
            models.Index(fields=["community", "name_key"], name="enterprise_name_key"),
            models.Index(fields=["community", "established_on", "id"], name="enterprise_established"),
            models.Index(fields=["community", "headcount", "id"], name="enterprise_headcount"),
            models.Index(fields=["building"], name="enterprise_building"),
            models.Index(
                fields=["community", "id"], name="enterprise_to_place", condition=Q(placement="to_place")
            ),
            # Counts by park from the index alone: merged_into stands in it as well, or SQLite looks each
            # row up to see it (its partial condition doesn't tell it).
            models.Index(
                fields=["community", "park", "status", "merged_into"],
                name="enterprise_count",
                condition=Q(merged_into=None),
            ),
            models.Index(fields=["community", "short_name"], name="enterprise_brand"),
            models.Index(fields=["community", "confirmed_on", "id", *COUNTED], name="enterprise_confirmed"),
            models.Index(
                fields=["community", "status", "-updated_at", "-id"],
                name="enterprise_not_active",
                condition=~Q(status="active"),
            ),
            # In the list's own order, so that SQLite, which keeps no statistics, prefers them to reading
            # the whole register in that order. What lies behind it is for counting, the condition's own
            # column included: SQLite takes nothing for granted that isn't in the index.
            *(
                models.Index(
                    fields=["community", "-updated_at", "-id", *COUNTED, column],
                    name=f"enterprise_{name}",
                    condition=Q(**{column: value}),
                )
                for name, column, value in (
                    ("abnormal", "is_abnormal", True),
                    ("lost", "placement", "to_place"),
                    ("elsewhere", "placement", "elsewhere"),
                    ("no_uscc", "uscc", ""),
                    ("no_division", "division", ""),
                    ("no_business", "business", ""),
                    ("no_founding", "established_on", None),
                    ("no_capital", "capital", None),
                    ("no_headcount", "headcount", None),
                )
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """曾用名."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="former_names")
    name = models.CharField("曾用名", max_length=200)
    until = models.DateField("用到", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "name"], name="former_name")]

    def __str__(self) -> str:
        return self.name


class Tenancy(models.Model):
    """入驻: an enterprise sits in a unit (or building, or park) from one day to another."""

    class Arrival(models.TextChoices):
        NEW = "new", "新入驻"
        MOVE = "move", "社区内搬迁"
        RETURN = "return", "回归"
        KNOWN = "known", "原已在此"

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="tenancies")
    park = models.ForeignKey(Park, models.PROTECT, related_name="tenancies")
    building = models.ForeignKey(Building, models.PROTECT, null=True, related_name="tenancies")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="tenancies")
    is_main = models.BooleanField("主要办公地", default=True)
    arrival = models.CharField("入驻方式", max_length=8, choices=Arrival.choices, default=Arrival.KNOWN)
    valid_from = models.DateField("入驻日期", null=True)  # unknown for what an import found
    valid_to = models.DateField("迁离日期", null=True)
    lease_to = models.DateField("租期至", null=True)
    leave_reason = models.CharField("迁离原因", max_length=120, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(valid_to=None, is_main=True), name="tenancy_one_main"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="tenancy_dates",
            ),
        ]
        indexes = [models.Index(fields=["building", "valid_to"], name="tenancy_building")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} @ {self.park_id}"


class Contact(models.Model):
    """联系人: for what, how, and with whose consent. The number itself is sealed; reveals are recorded."""

    class Purpose(models.TextChoices):
        HEAD = "head", "负责人"
        OFFICE = "office", "行政"
        HR = "hr", "人事"
        FINANCE = "finance", "财务"
        PARTY = "party", "党务"
        SAFETY = "safety", "安全"
        OTHER = "other", "其他"

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="contacts")
    name = models.CharField("姓名", max_length=40)
    purpose = models.CharField("用途", max_length=8, choices=Purpose.choices, default=Purpose.OFFICE)
    title = models.CharField("职务", max_length=40, blank=True)
    phone_sealed = models.TextField(blank=True)
    phone_mark = models.CharField(max_length=40, blank=True, db_index=True)
    phone_masked = models.CharField("电话", max_length=24, blank=True)
    consent_on = models.DateField("同意留存日期", null=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+")
    valid_to = models.DateField("停用", null=True)

    class Meta:
        indexes = [models.Index(fields=["enterprise", "valid_to"], name="contact_enterprise")]

    def __str__(self) -> str:
        return self.name


class Merge(models.Model):
    """Two rows that were one enterprise. The snapshot is what an undo restores."""

    kept = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    gone = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    snapshot = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class SavedFilter(models.Model):
    """A list someone comes back to: the query string of the enterprise list under a name of their own."""

    user_id = models.BigIntegerField()
    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "community", "name"], name="filter_name")]

    def __str__(self) -> str:
        return self.name


class FactConflict(models.Model):
    """Two sources say different things about one fact; a person decides which one holds."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=24)
    value = models.CharField(max_length=400)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)
    taken = models.BooleanField(null=True)  # whether the new value won

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "field", "value"],
                condition=Q(resolved_at=None),
                name="conflict_open_once",
            )
        ]
        # The few open ones first, then their enterprises: never the other way round.
        indexes = [models.Index(fields=["resolved_at", "id"], name="conflict_open")]

    def __str__(self) -> str:
        return f"{self.enterprise_id}.{self.field}"
