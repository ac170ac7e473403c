"""The table behind Django's database cache, as a model so that migrations make it on either database."""

from django.db import models


class CacheRow(models.Model):
    """Read and written by Django's cache backend only."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kernel_cache"

    def __str__(self) -> str:
        return self.cache_key
