"""A proposed partition of the parks into grids: what was asked, for which world, and the answer."""

from __future__ import annotations

from django.db import models

from ..rules.proposal import STATE_NAMES, State
from .place import Community


class DistrictingProposal(models.Model):
    """划分方案. Written only by `registry.actions`.

    `asked`: goal, ratio, count, weights, max_parks, pinned. `world`: the problem as it was put, so that old
    proposals can still be read and drawn when parks have come and gone. `answer`: what the solver found.
    Grids stand under their numbers in both, since a proposal may want some that don't exist yet.
    """

    community = models.ForeignKey(Community, models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField("序号")
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(s.value, n) for s, n in STATE_NAMES.items()],
        default=State.QUEUED.value,
    )
    asked = models.JSONField(default=dict)
    world = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    note = models.CharField("没算成的原因", max_length=400, blank=True)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    effective = models.DateField("生效日期", null=True)
    once = models.CharField(max_length=64, null=True)  # a form sent twice asks once

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="proposal_number"),
            models.UniqueConstraint(fields=["community", "once"], name="proposal_once"),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"方案 {self.number}"
