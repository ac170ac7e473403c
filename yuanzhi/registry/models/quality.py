"""What was found about the register as a whole, kept until it is looked for again."""

from __future__ import annotations

from django.db import models

from .place import Community


class TwinSearch(models.Model):
    """The suspected twins of a community, as of the last search. Derived from the register, like an index.

    `groups`: [[why, [enterprise id, …]], …]. `seq`: how long the community's history was when the search
    began; while it has not grown, there is nothing new to find.
    """

    community = models.OneToOneField(Community, models.CASCADE, primary_key=True, related_name="+")
    groups = models.JSONField(default=list)
    seq = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.community_id} {self.as_of:%Y-%m-%d %H:%M}"
