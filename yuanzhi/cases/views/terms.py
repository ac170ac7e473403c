"""办理约定: what the community has agreed on about handling cases."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import answer

from ..access import EDIT_TERMS
from ..actions.terms import AGREED, agree_terms, terms_of
from ..forms_terms import TermsForm


@needs(EDIT_TERMS)
def terms(request: Request) -> HttpResponse:
    """Amber, waiting, call-back, return, the times of reminders."""
    kept = terms_of(request.actor.community_id)
    known = {name: getattr(kept, name) for name in AGREED}
    initial = known | {"digests": "、".join(known["digests"] or ()), "seen": kept.version}
    form = TermsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = agree_terms(actor=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "记下了，没办完的都按新约定重新看一遍" if changed else "没有改动")
            return redirect("cases:terms")
    return answer(request, "cases/terms.html", {"form": form}, status=422 if form.errors else 200)
