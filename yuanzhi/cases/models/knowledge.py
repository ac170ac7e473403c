"""Answered questions: what closed cases taught, without names, for the next one who asks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yuanzhi.kernel import clock
from yuanzhi.registry.models import Community

from .case import Case
from .catalogue import ServiceItem


class Answer(models.Model):
    """A question as enterprises ask it, and its answer."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        RETIRED = "retired", "已下架"

    community = models.ForeignKey(Community, models.CASCADE, related_name="answers")
    item = models.ForeignKey(ServiceItem, models.SET_NULL, null=True, related_name="+")
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="answers")  # where it came from
    question = models.CharField("问题", max_length=120)
    answer = models.TextField("回答")
    words = models.CharField("别的说法", max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    helped = models.PositiveIntegerField("帮到几次", default=0)
    author_label = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)
    review_on = models.DateField("哪天再看看还对不对", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="answer_once_a_case", condition=Q(case__isnull=False)
            )
        ]
        indexes = [models.Index(fields=["community", "state", "-helped"], name="answer_asked")]

    def __str__(self) -> str:
        return self.question
