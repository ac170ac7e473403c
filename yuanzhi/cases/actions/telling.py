"""Telling people about cases, and what a case shows of itself in the history."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import ENTERPRISE_PEOPLE, STAFF, Kind, Role
from yuanzhi.kernel.notices import notify

from ..models import Case


def context_of(case: Case) -> str:
    # A confidential case must not show in its employer's timeline.
    return f"enterprise:{case.enterprise_id}" if case.enterprise_id and not case.is_confidential else ""


def tell_desk(case: Case, title: str, *, key: str, but: int | None = None) -> None:
    """News to the owner, else to everybody at the desk."""
    if case.owner_id:
        people = {case.owner_id}
    else:
        members = members_of(case.community_id, Role.DESK_OFFICER, kind=Kind.DESK, scope_ids=[case.desk_id])
        people = {m.user_id for m in members}
    _tell(people - {but}, case, title, key=key)


def tell_people(people: Iterable[int | None], case: Case, title: str, *, key: str) -> None:
    """News to these."""
    _tell(people, case, title, key=key)


def tell_leads(case: Case, title: str, *, key: str, but: int | None = None) -> None:
    """News to the community's leads."""
    leads = {member.user_id for member in members_of(case.community_id, Role.LEAD)}
    _tell(leads - {but}, case, title, key=key)


def _tell(people: Iterable[int | None], case: Case, title: str, *, key: str) -> None:
    notify(
        (p for p in people if p is not None),
        chain=case.community_id,
        key=key,
        title=title,
        body=case.enterprise.name if case.enterprise else "",
        url=reverse("cases:case", args=[case.pk]),
    )


def tell_enterprise(case: Case, title: str, *, key: str) -> None:
    """News to the enterprise's people with an account; a confidential case only to who raised it."""
    if case.is_confidential or case.enterprise_id is None:
        people: set[int | None] = {case.opened_by_id}
    else:
        members = members_of(
            case.community_id, *ENTERPRISE_PEOPLE, kind=Kind.ENTERPRISE, scope_ids=[case.enterprise_id]
        )
        people = {m.user_id for m in members if m.role == Role.CONTACT or m.user_id == case.opened_by_id}
    staff = {m.user_id for m in members_of(case.community_id, *STAFF) if m.user_id in people}
    notify(
        (p for p in people - staff if p is not None),
        chain=case.community_id,
        key=key,
        title=title,
        url=reverse("cases:portal_case", args=[case.pk]),
    )
