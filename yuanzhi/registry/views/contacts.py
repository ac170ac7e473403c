"""Whom to call: add, correct, retire, and show a number once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import EDIT_CONTACTS, REVEAL_PHONE, SEE_CONTACTS
from ..forms import ContactForm
from ..models import Contact
from ..queries import contacts_visible_to, may_on
from .answers import answer, ask_first, refused, the_enterprise


def _contact(request: Request, pk: int, verb: Verb) -> Contact:
    rows = contacts_visible_to(request.actor, verb).select_related("enterprise")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found("没有这位联系人，或者不在您负责的范围内")
    return found


@needs(EDIT_CONTACTS)
def add(request: Request, pk: int) -> HttpResponse:
    """Note somebody to call."""
    it = the_enterprise(request, pk)
    if not may_on(request.actor, EDIT_CONTACTS, it):
        raise not_found("这家企业的联系人不归您维护")
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_contact(actor=request.actor, enterprise=it, **form.cleaned_data)
        except Refused as no:
            form.add_error("phone" if "电话" in str(no) else None, str(no))
        else:
            messages.success(request, f"记下了：{made.name}")
            return redirect(_page(it.pk))
    return _form_page(request, form, it, "添加联系人")


@needs(EDIT_CONTACTS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct a contact; an empty phone leaves the number as it is."""
    contact = _contact(request, pk, EDIT_CONTACTS)
    form = ContactForm(request.POST or None, contact=contact)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data.pop("phone") or None
        try:
            actions.edit_contact(actor=request.actor, contact=contact, phone=phone, **form.cleaned_data)
        except Refused as no:
            form.add_error("phone" if "电话" in str(no) else None, str(no))
        else:
            messages.success(request, f"改好了：{contact.name}")
            return redirect(_page(contact.enterprise_id))
    return _form_page(request, form, contact.enterprise, f"修改{contact.name}")


def _form_page(request: Request, form: ContactForm, it, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "crumb": it.name, "yes": "保存", "back": _page(it.pk)}
    return answer(request, "registry/small_form.html", context)


def _page(pk: int) -> str:
    return reverse("registry:enterprise", args=[pk]) + "#contacts"


@needs(EDIT_CONTACTS)
@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    """Stop calling this person; the number is erased."""
    contact = _contact(request, pk, EDIT_CONTACTS)
    back = _page(contact.enterprise_id)
    if (page := ask_first(request, f"停用{contact.name}？号码会抹去，恢复不了", back)) is not None:
        return page
    try:
        actions.retire_contact(actor=request.actor, contact=contact)
    except Refused as no:
        return refused(request, no, back)
    messages.success(request, f"{contact.name}停用了，号码已抹去")
    return redirect(back)


@needs(REVEAL_PHONE)
@require_POST
@never_cache
@sensitive_variables("phone")
def reveal(request: Request, pk: int) -> HttpResponse:
    """Show the whole number once; that it was shown is in the history."""
    contact = _contact(request, pk, SEE_CONTACTS)
    back = _page(contact.enterprise_id)
    try:
        phone = actions.reveal_phone(actor=request.actor, contact=contact)
    except Refused as no:
        return refused(request, no, back)
    context = {"contact": contact, "phone": phone, "back": back}
    return answer(request, "registry/reveal.html", context, piece="number")
