"""Line items of a bulk claim: who owes what for which project, and what came back."""

from __future__ import annotations

from django.db import models

from .case import Case


class Claim(models.Model):
    """One receivable: debtor, project, amount in yuan, due day, evidence, state, what was recovered."""

    class State(models.TextChoices):
        OPEN = "open", "待追讨"
        DEMANDED = "demanded", "已催告"
        PROMISED = "promised", "对方承诺还"
        DISPUTED = "disputed", "有争议"
        FILED = "filed", "已立案"
        RECOVERED = "recovered", "已收回"
        DROPPED = "dropped", "不追了"

    case = models.ForeignKey(Case, models.CASCADE, related_name="claims")
    order = models.PositiveIntegerField()
    debtor = models.CharField("欠款方", max_length=80)
    project = models.CharField("项目", max_length=80, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    due_on = models.DateField("应付日", null=True)
    evidence = models.JSONField("证据", default=dict)  # {"contract": true, "chat": false, …}
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    recovered = models.DecimalField("已收回（元）", max_digits=14, decimal_places=2, default=0)
    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "order"], name="claim_order"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="claim_amount"),
            models.CheckConstraint(condition=models.Q(recovered__gte=0), name="claim_recovered"),
        ]
        ordering = ["case_id", "order"]

    def __str__(self) -> str:
        return f"{self.debtor} {self.amount}"
