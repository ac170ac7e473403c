"""Quick capture: paste a message, see whose it is and whether it is new, save."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from .. import actions, queries
from ..access import OPEN_CASE
from ..actions.attachments import add_note_with_files
from ..forms import IntakeForm
from ..intake_hints import hints_for, ticked_by
from ..models import Case
from ..panels import asides_of
from ..queries_intake import Heard, hear
from .files import read_files, tell

NOBODY = "none"  # "none of these", among the enterprises that were recognised


@needs(OPEN_CASE)
def intake(request: Request) -> HttpResponse:
    """Paste what was said, pick the enterprise, done. People outside have their portal for it."""
    actor = request.actor
    if not actor.is_staff:
        return redirect("cases:portal")
    form = _form(request)
    if request.method == "POST":
        if form.is_valid():
            done = _same(request, form) if request.POST.get("same") else _save(request, form)
            if done is not None:
                return done
        return render(request, "cases/intake.html", _context(request, form), status=422)
    return render(request, "cases/intake.html", _context(request, form))


def _form(request: Request) -> IntakeForm:
    actor = request.actor
    initial = {
        "words": request.GET.get("words", "")[:2000],
        "enterprise": request.GET.get("enterprise", ""),
        "item": request.GET.get("item", ""),
        "channel": Case.Channel.WECHAT,
    }
    return IntakeForm(
        request.POST or None,
        actor=actor,
        desks=list(queries.desks_of(actor.community_id)),
        items=queries.items_of(actor.community_id).order_by("desk_id", "name"),
        initial=initial,
    )


def _save(request: Request, form: IntakeForm) -> HttpResponse | None:
    """The case, or None with the reason at the form."""
    actor, post = request.actor, request.POST
    heard = hear(actor, form.cleaned_data["words"])
    files, sentences = read_files(request)
    said = form.cleaned_data
    enterprise = said["enterprise"] or _recognised(actor, heard, post.get("heard", ""))
    desk, item = said["desk"], said["item"]
    if desk is None and item is None:
        desk, item = ticked_by(actor, heard.message.words, enterprise, post.get("suggested", ""))
    try:
        case = actions.open_case(
            actor=actor,
            words=heard.message.words,
            enterprise=enterprise,
            desk=desk,
            item=item,
            channel=said["channel"],
            speaker=said["speaker"] or heard.speaker,
            speaker_phone=said["speaker_phone"] or (heard.phone.number if heard.phone else ""),
            is_confidential=said["is_confidential"],
            files=files,
            intake_key=post.get("once"),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    due = timezone.localtime(case.response_due)
    whose = case.enterprise.short_name or case.enterprise.name if case.enterprise else "没写是哪家"
    messages.success(request, f"已登记 {case.number}（{whose}），{due:%m 月 %d 日 %H:%M} 前回音")
    tell(request, sentences)
    return _on_to(actor, case)


def _same(request: Request, form: IntakeForm) -> HttpResponse | None:
    """It is a case that is there already: the words become a note on it."""
    actor, number = request.actor, request.POST["same"]
    rows = queries.visible_to(actor)
    case = rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
    if case is None:
        form.add_error(None, "那件诉求不在了，或者您看不到：请保存成新的一件")
        return None
    heard = hear(actor, form.cleaned_data["words"])
    files, sentences = read_files(request)
    speaker = form.cleaned_data["speaker"] or heard.speaker
    text = f"{speaker}又说：{heard.message.words}" if speaker else heard.message.words
    try:
        add_note_with_files(
            actor=actor, case=case, text=text, files=files, is_public=False, once=request.POST.get("once")
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, f"记到 {case.number} 上了，没有另开一件")
    tell(request, sentences)
    return _on_to(actor, case)


def _on_to(actor: Actor, case: Case) -> HttpResponse:
    if queries.visible_to(actor).filter(pk=case.pk).exists():
        return redirect("cases:case", pk=case.pk)
    return redirect("/")


def _recognised(actor: Actor, heard: Heard, picked: str) -> Enterprise | None:
    """The enterprise somebody ticked among those recognised; without a choice the one that is sure."""
    if picked == NOBODY:
        return None
    if picked.isdecimal() and len(picked) < 18:
        return enterprises_visible_to(actor, OPEN_CASE).filter(pk=int(picked)).first()
    return heard.sure


@needs(OPEN_CASE)
@require_POST
def read(request: Request) -> HttpResponse:
    """What was understood so far, while somebody pastes: whose it is, which desk, and whether it is new."""
    if not request.actor.is_staff or not request.htmx:
        return redirect("cases:intake")
    form = _form(request)
    form.is_valid()  # for what is clean so far; what isn't yet is said when it is saved
    return render(request, "cases/intake_read.html", _context(request, form))


def _context(request: Request, form: IntakeForm) -> dict[str, Any]:
    actor, bound = request.actor, form.is_bound
    words = request.POST.get("words", "") if bound else form.initial.get("words", "")
    heard = hear(actor, words)
    picked = request.POST.get("heard", "")
    cleaned = form.cleaned_data if bound and hasattr(form, "cleaned_data") else {}
    chosen = cleaned.get("enterprise")
    if chosen is None and not bound and form.initial.get("enterprise", "").isdecimal():
        rows = enterprises_visible_to(actor, OPEN_CASE)
        chosen = rows.filter(pk=int(form.initial["enterprise"])).first()
    ids = {str(guess.enterprise.pk) for guess in heard.guesses}
    if picked not in {*ids, NOBODY}:
        picked = str(heard.sure.pk) if heard.sure else ""
    enterprise = chosen or _recognised(actor, heard, picked or NOBODY)
    return {
        "form": form,
        "asides": asides_of("intake", actor),
        "heard": heard,
        "picked": picked,
        "chosen": chosen,
        "hints": hints_for(
            actor,
            heard.message.words,
            enterprise,
            cleaned.get("item"),
            request.POST.get("suggested", ""),
        ),
    }
