"""A spreadsheet on its way into the product: where it stands, and what was found row by row."""

from __future__ import annotations

from django.db import models


class ImportBatch(models.Model):
    """One uploaded table. `kind` names the layout ("registry.enterprise"); rows up to `cursor` are in."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "已上传"
        CHECKING = "checking", "正在检查"
        CHECKED = "checked", "已检查，待导入"
        COMMITTING = "committing", "正在导入"
        DONE = "done", "已导入"
        FAILED = "failed", "没能读取"
        UNDOING = "undoing", "正在撤销"
        UNDONE = "undone", "已撤销"

    chain = models.BigIntegerField()  # the community it belongs to
    kind = models.CharField(max_length=48)
    filename = models.CharField(max_length=200)
    stored = models.CharField(max_length=200)  # path below MEDIA_ROOT
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    mapping = models.JSONField(default=dict)  # header → column key, as the person confirmed it
    headers = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    total = models.IntegerField(default=0)
    cursor = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    doubted = models.IntegerField(default=0)
    message = models.CharField(max_length=400, blank=True)
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["chain", "-id"], name="import_chain")]

    def __str__(self) -> str:
        return f"{self.kind} {self.filename}"


class ImportFinding(models.Model):
    """What is wrong or doubtful with one row, in words."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="findings")
    row = models.IntegerField()
    column = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=8)  # error: the row was not taken; warning: taken, with a doubt
    message = models.CharField(max_length=300)
    value = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "level", "row"], name="finding_batch")]

    def __str__(self) -> str:
        return f"{self.row}: {self.message}"
