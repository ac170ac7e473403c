"""The append-only, hash-chained history: one chain per community, chain 0 for the house itself."""

from __future__ import annotations

import json
from typing import Any

from django.db import models


class HistoryEntry(models.Model):
    """One thing that somebody did. Written only by `kernel.history`, never updated, never deleted."""

    chain = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=80)
    verb = models.CharField(max_length=64)
    # "enterprise:12": what it happened to, and (context) in whose timeline it shows as well.
    subject = models.CharField(max_length=48)
    context = models.CharField(max_length=48, blank=True)
    cause = models.CharField(max_length=48, blank=True)  # e.g. "import:7", so that all of it can be undone
    # Canonical JSON kept as text: a database that reorders keys would break the hash.
    data = models.TextField(default="{}")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="history_chain_seq")]
        indexes = [
            models.Index(fields=["subject", "seq"], name="history_subject"),
            models.Index(fields=["context", "seq"], name="history_context", condition=~models.Q(context="")),
            models.Index(fields=["cause", "seq"], name="history_cause", condition=~models.Q(cause="")),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.seq} {self.verb} {self.subject}"

    @property
    def details(self) -> dict[str, Any]:
        """The recorded facts, e.g. {"changes": {"name": ["旧", "新"]}}."""
        return json.loads(self.data)


class ChainHead(models.Model):
    """Where a chain ends. Its row lock is what puts concurrent writers in line."""

    chain = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.chain}/{self.seq}"
