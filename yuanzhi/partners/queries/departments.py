"""Reading departments and coordinations. Everything starts from what the actor may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import Kind
from yuanzhi.cases.models import Attachment, Case, Note
from yuanzhi.cases.queries import visible_to as cases_visible_to
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel import clock as house_clock

from ..access import ANSWER_COORDINATION, COORDINATE, SEE_COORDINATION, SEE_DEPARTMENTS
from ..answering import WINDOW_DAYS
from ..models import Ask, Coordination, Department, GuestLink, Reply
from ..states import CoordinationState as State

PENDING = (State.SENT, State.ACCEPTED)  # the department's clock runs
# What the enterprise reads of: not what was sent back or called off.
TOLD = (State.SENT, State.ACCEPTED, State.ANSWERED, State.CLOSED)
TABS: dict[str, tuple[State, ...]] = {
    "sent": (State.SENT,),
    "accepted": (State.ACCEPTED,),
    "answered": (State.ANSWERED, State.CLOSED, State.RETURNED, State.CALLED_OFF),
}
LISTED = 50


def departments_visible_to(actor: Actor, verb: Verb = SEE_DEPARTMENTS) -> QuerySet[Department]:
    """The departments of the actor's community, to which they may do `verb`."""
    if not actor.community_id or not actor.may(verb):
        return Department.objects.none()
    return Department.objects.filter(community_id=actor.community_id)


def with_counts(rows: QuerySet[Department], now: dt.datetime) -> QuerySet[Department]:
    """Each with how many coordinations are open, overdue, and how many of a year's answers came in time."""
    pending = Q(coordinations__state__in=PENDING, coordinations__case__state__in=sorted(OPEN))
    since = now - dt.timedelta(days=WINDOW_DAYS)
    replies = Reply.objects.filter(coordination__department=OuterRef("pk"), answered_at__gte=since)
    counted = replies.order_by().values("coordination__department")
    return rows.annotate(
        open_count=Count("coordinations", filter=pending),
        late_count=Count("coordinations", filter=pending & Q(coordinations__due_at__lte=now)),
        answered_count=Subquery(counted.annotate(n=Count("pk")).values("n")),
        kept_count=Subquery(
            counted.annotate(n=Count("pk", filter=Q(answered_at__lte=F("due_at")))).values("n")
        ),
    )


def active_departments(actor: Actor) -> list[Department]:
    """Whom one can ask."""
    return list(departments_visible_to(actor, COORDINATE).filter(is_active=True).order_by("pk"))


def others_to_name(coordination: Coordination) -> list[Department]:
    """Departments that one sending a matter back can name instead."""
    rows = Department.objects.filter(community_id=coordination.community_id, is_active=True)
    return list(rows.exclude(pk=coordination.department_id).order_by("pk"))


def coordinations_visible_to(actor: Actor, verb: Verb = SEE_COORDINATION) -> QuerySet[Coordination]:
    """For a department: what was sent to it. For everybody else: those of the cases they may see.

    Of a confidential case a department sees only what the sender opened to it, with a reason.
    """
    if not actor.community_id or not (reach := actor.reach(verb)):
        return Coordination.objects.none()
    rows = Coordination.objects.filter(community_id=actor.community_id)
    if actor.is_system:
        return rows
    if verb is ANSWER_COORDINATION:
        shown = Q(case__is_confidential=False) | ~Q(confidential_why="")
        return rows.filter(shown, department_id__in=sorted(reach.ids(Kind.DEPARTMENT)))
    return rows.filter(case__in=cases_visible_to(actor, verb).values("pk"))


def portal_rows(actor: Actor, tab: str) -> QuerySet[Coordination]:
    """A department's list: what waits and is worked on by the clock, what is over the newest first.

    A case that ended in the meantime needs no answer any more: its coordinations are over, too.
    """
    rows = coordinations_visible_to(actor, ANSWER_COORDINATION).select_related(
        "case__enterprise", "department"
    )
    alive = Q(case__state__in=sorted(OPEN)) | Q(case__merged_into__state__in=sorted(OPEN))
    if tab == "answered":
        return rows.filter(Q(state__in=TABS[tab]) | ~alive).order_by("-id")
    return rows.filter(alive, state__in=TABS[tab]).order_by("due_at", "pk")


def portal_counts(actor: Actor) -> dict[str, int]:
    """How many wait and are worked on. One query."""
    alive = Q(case__state__in=sorted(OPEN)) | Q(case__merged_into__state__in=sorted(OPEN))
    rows = coordinations_visible_to(actor, ANSWER_COORDINATION).filter(alive)
    return rows.order_by().aggregate(
        sent=Count("pk", filter=Q(state=State.SENT)), accepted=Count("pk", filter=Q(state=State.ACCEPTED))
    )


def of_case(case: Case) -> QuerySet[Coordination]:
    """A case's coordinations, the latest first, with those of cases that went into it."""
    merged = Q(case__merged_into=case)
    if not case.is_confidential:
        merged &= Q(case__is_confidential=False)
    rows = Coordination.objects.filter(Q(case=case) | merged).select_related(
        "department", "returned_to", "case"
    )
    return rows.prefetch_related("replies", "notes", "files").order_by("-pk")


def of_department(actor: Actor, department: Department, *, tab: str = "open") -> QuerySet[Coordination]:
    """A department's coordinations of cases the actor may see."""
    rows = coordinations_visible_to(actor).filter(department=department).select_related("case__enterprise")
    alive = Q(state__in=PENDING, case__state__in=sorted(OPEN))
    return (
        rows.filter(alive).order_by("due_at", "pk") if tab == "open" else rows.exclude(alive).order_by("-pk")
    )


def reply_spans(department: Department, now: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """(asked, answered) of the replies to what was asked within the window."""
    since = now - dt.timedelta(days=WINDOW_DAYS)
    rows = Reply.objects.filter(coordination__department=department, asked_at__gte=since)
    return list(rows.exclude(coordination__state=State.CALLED_OFF).values_list("asked_at", "answered_at"))


def asked_counts(department: Department, now: dt.datetime) -> dict[str, int]:
    """Of what was sent within the window: still unanswered, returned, called off. One query."""
    since = now - dt.timedelta(days=WINDOW_DAYS)
    rows = Coordination.objects.filter(department=department, sent_at__gte=since)
    return rows.aggregate(
        unanswered=Count("pk", filter=Q(state__in=PENDING)),
        returned=Count("pk", filter=Q(state=State.RETURNED)),
        called_off=Count("pk", filter=Q(state=State.CALLED_OFF)),
    )


def returned_before(coordination: Coordination) -> bool:
    """Whether this department has sent this case back once already."""
    rows = Coordination.objects.filter(
        case_id=coordination.case_id, department_id=coordination.department_id, state=State.RETURNED
    )
    return rows.exclude(pk=coordination.pk).exists()


def shareable(case: Case) -> tuple[list[Note], list[Attachment]]:
    """What of a case can be shown to a department: notes and files the enterprise itself may see."""
    notes = list(case.notes.filter(is_public=True).order_by("-pk")[:LISTED])
    files = list(case.attachments.filter(is_public=True, removed_at=None).order_by("-pk")[:LISTED])
    return notes, files


def shown_of(coordination: Coordination) -> tuple[list[Note], list[Attachment]]:
    """What the sender ticked and is still there to be shown."""
    notes = list(coordination.notes.filter(is_public=True).order_by("pk"))
    return notes, list(coordination.files.filter(is_public=True, removed_at=None).order_by("pk"))


def silent_cases(cases: QuerySet[Case], now: dt.datetime) -> QuerySet[Case]:
    """Of these cases those for which a department is overdue; `department_due` is since when."""
    late = Coordination.objects.filter(case=OuterRef("pk"), state__in=PENDING, due_at__lte=now)
    first = late.order_by("due_at").values("due_at")[:1]
    return cases.annotate(department_due=Subquery(first)).filter(department_due__isnull=False)


# -- guest links -----------------------------------------------------------------------------------------


def link_of_digest(digest: str) -> GuestLink | None:
    """The link with this digest."""
    rows = GuestLink.objects.select_related(
        "community", "case__enterprise", "case__merged_into", "coordination__department",
        "ask__referral", "ask__expert",
    )  # fmt: skip
    return rows.filter(digest=digest).first() if digest else None


def ask_of_link(link: GuestLink) -> Ask | None:
    """The one ask a link is for, with everything its page shows."""
    rows = Ask.objects.select_related(
        "expert__partner",
        "referral__kind",
        "referral__rating",
        "referral__case__enterprise",
        "referral__case__building__park",
    )
    return rows.filter(pk=link.ask_id).first() if link.ask_id else None


def links_of_case(case: Case) -> list[GuestLink]:
    """All links of a case, the newest first."""
    return list(GuestLink.objects.filter(case=case).order_by("-pk"))


def link_visible_to(actor: Actor, pk: int, verb: Verb = COORDINATE) -> GuestLink | None:
    """A link of a case on which the actor may do `verb`."""
    rows = GuestLink.objects.filter(community_id=actor.community_id, pk=pk).select_related("case")
    return rows.filter(case__in=cases_visible_to(actor, verb).values("pk")).first()


def link_state(link: GuestLink, now: dt.datetime | None = None) -> str:
    """ "live", "expired" or "revoked"."""
    if link.revoked_at is not None:
        return "revoked"
    return "live" if link.expires_at > (now or house_clock.now()) else "expired"


def names_of(community_id: int, ids: Iterable[int]) -> dict[int, str]:
    """{id: name} of departments, own rows only."""
    rows = Department.objects.filter(community_id=community_id, pk__in=list(ids))
    return dict(rows.values_list("pk", "name"))


def search_names(community_id: int, text: str) -> list[tuple[int, str]]:
    """Departments by name or short name."""
    rows = Department.objects.filter(community_id=community_id, is_active=True)
    words = text.strip()[:60]
    if words:
        rows = rows.filter(Q(name__contains=words) | Q(short__contains=words) | Q(code__iexact=words))
    return list(rows.order_by("pk").values_list("pk", "name")[:20])
