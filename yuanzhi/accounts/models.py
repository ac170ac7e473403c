"""Accounts and dated memberships. Scopes are ids of rows on higher floors, hence no foreign keys."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from .roles import ROLES, Kind, Role


class UserManager(BaseUserManager["User"]):
    """Accounts are made by `actions.open_account`; this only keeps Django's machinery content."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who can sign in. What they may do is in their memberships."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    phone_sealed = models.TextField(blank=True)
    phone_mark = models.CharField(max_length=40, unique=True, null=True)  # fingerprint, for sign-in by phone
    phone_masked = models.CharField("手机", max_length=24, blank=True)
    is_active = models.BooleanField("在用", default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # The community that opened the account: its administrators look after it, and its holder lands there.
    community_id = models.BigIntegerField("所属社区", null=True, db_index=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name


class Membership(models.Model):
    """A role held in a community from one day to another, bound to something.

    A role that was ended on its very first day has `valid_to` on the day before: it held on no day.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    community_id = models.BigIntegerField()
    role = models.CharField("身份", max_length=16, choices=[(r.value, ROLES[r][0]) for r in Role])
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in Kind])
    scope_id = models.BigIntegerField("范围", null=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)  # the last day on which it holds

    class Meta:
        indexes = [
            models.Index(fields=["user", "community_id"], name="membership_user"),
            models.Index(fields=["community_id", "kind", "scope_id"], name="membership_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.kind}:{self.scope_id}"
