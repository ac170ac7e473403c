"""The notification centre: one row for each person and piece of news."""

from django.db import models

from .. import clock


class Notice(models.Model):
    """News for one account, shown at the bell. `key` makes the same news arrive once."""

    user_id = models.BigIntegerField()
    chain = models.BigIntegerField()  # the community it belongs to
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=400, blank=True)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="notice_user"),
            models.Index(fields=["user_id"], name="notice_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title
