"""Shared by a department's pages and the guest's: the three steps and the files that were opened to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpResponse

from yuanzhi.accounts.actor import Actor
from yuanzhi.cases.storage import path_of
from yuanzhi.kernel.refusals import Overtaken

from .. import actions
from ..forms_departments import AcceptForm, AnswerForm, ReturnForm
from ..models import Coordination, GuestLink
from ..queries import departments as queries

FORMS = ("accept", "answer", "return")
SAID = {
    "accept": "签收了，办好了再来答复",
    "answer": "答复送到了，谢谢",
    "return": "退回去了，社区会接着找人",
}


def form_of(step: str, row: Coordination, data: Any = None) -> forms.Form:
    """The form of a step."""
    if step == "return":
        return ReturnForm(data, others=queries.others_to_name(row), prefix="back")
    if step == "answer":
        return AnswerForm(data, prefix="answer", initial={"handler": row.handler, "audience": "public"})
    return AcceptForm(data, prefix="accept")


def act(
    step: str, row: Coordination, form: forms.Form, *, actor: Actor, seen: str, link: GuestLink | None = None
) -> None:
    """Take a step with what a valid form says. Raises Refused."""
    if not seen.isdecimal() or len(seen) > 9:
        raise Overtaken("这一页太旧了：刷新看看现在到哪一步了，您写的还在")
    said = form.cleaned_data
    common: dict[str, Any] = {"actor": actor, "coordination": row, "link": link, "seen": int(seen)}
    if step == "accept":
        actions.accept_coordination(**common, handler=said["handler"])
    elif step == "answer":
        actions.answer_coordination(
            **common,
            answer=said["answer"],
            is_public=said["audience"] == "public",
            handler=said["handler"],
        )
    else:
        actions.return_coordination(**common, why=said["why"], instead=said["instead"])


def file_answer(row: Coordination, file_id: int) -> HttpResponse:
    """An opened attachment as a download: a browser is never asked to show it in our name."""
    _, files = queries.shown_of(row)
    found = next((f for f in files if f.pk == file_id), None)
    if found is None:
        raise Http404("没有这个附件，或者它没有给您的部门看")
    try:
        body = path_of(found.stored).open("rb")
    except FileNotFoundError as error:
        raise Http404("附件不在了：请社区再传一次") from error
    response = FileResponse(body, as_attachment=True, filename=found.name, content_type=found.mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]
