"""Whom to call: sealed numbers, consent, and a record of who looked."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import fingerprint, seal, unseal

from ..access import EDIT_CONTACTS, REVEAL_PHONE
from ..models import Contact, Enterprise, Source
from ..rules.phones import Phone, parse_phones
from .guard import permit_on
from .sources import source_for


def _sealed(phone: str) -> dict[str, str]:
    """The three stored forms of a number. Raises Refused with the reason when it is none."""
    if not phone.strip():
        return {"phone_sealed": "", "phone_mark": "", "phone_masked": ""}
    number = one_phone(phone)
    return {
        "phone_sealed": seal(number.display()),
        "phone_mark": fingerprint(number.number),
        "phone_masked": number.masked(),
    }


def one_phone(text: str) -> Phone:
    """The one number in a text. Raises Refused when it is none or there are several."""
    reading = parse_phones(text)
    if reading.problem or not reading.value:
        raise Refused(f"电话{reading.problem or '没看懂'}")
    if len(reading.value) > 1:
        raise Refused("一个联系人只填一个电话：另一个请再加一位联系人")
    return reading.value[0]


@action
def add_contact(
    *,
    actor: Actor,
    enterprise: Enterprise,
    name: str,
    phone: str = "",
    purpose: str = Contact.Purpose.OFFICE,
    title: str = "",
    consent_on: dt.date | None = None,
    source: Source | None = None,
) -> Contact:
    """Note somebody to call. The same person with the same number is not noted twice."""
    permit_on(actor, EDIT_CONTACTS, enterprise)
    if not name.strip():
        raise Refused("联系人姓名还没填")
    sealed = _sealed(phone)
    twin = Contact.objects.filter(
        enterprise=enterprise, name=name.strip(), phone_mark=sealed["phone_mark"], valid_to=None
    ).first()
    if twin is not None:
        return twin
    contact = Contact.objects.create(
        enterprise=enterprise,
        name=name.strip(),
        purpose=purpose,
        title=title.strip(),
        consent_on=consent_on,
        source=source or source_for(actor),
        **sealed,
    )
    record(
        actor=actor,
        verb="contact.added",
        subject=enterprise,
        name=contact.name,
        purpose=Contact.Purpose(purpose).label,
        phone=contact.phone_masked,
    )
    return contact


@action
def edit_contact(
    *,
    actor: Actor,
    contact: Contact,
    name: str,
    purpose: str,
    title: str = "",
    phone: str | None = None,
    consent_on: dt.date | None = None,
) -> Contact:
    """Correct a contact; `phone=None` leaves the number as it is."""
    permit_on(actor, EDIT_CONTACTS, contact.enterprise)
    if not name.strip():
        raise Refused("联系人姓名还没填")
    values: dict[str, object] = {
        "name": name.strip(),
        "purpose": purpose,
        "title": title.strip(),
        "consent_on": consent_on,
        **(_sealed(phone) if phone is not None else {}),
    }
    for field, value in values.items():
        setattr(contact, field, value)
    contact.save(update_fields=list(values))
    record(
        actor=actor,
        verb="contact.changed",
        subject=contact.enterprise,
        name=contact.name,
        phone=contact.phone_masked,
        number_changed=phone is not None,
    )
    return contact


@action
def retire_contact(*, actor: Actor, contact: Contact) -> None:
    """Stop calling this person; the number is erased, the name stays in the history."""
    permit_on(actor, EDIT_CONTACTS, contact.enterprise)
    contact.valid_to = timezone.localdate()
    contact.phone_sealed = contact.phone_mark = ""
    contact.save(update_fields=["valid_to", "phone_sealed", "phone_mark"])
    record(actor=actor, verb="contact.retired", subject=contact.enterprise, name=contact.name)


@action
def reveal_phone(*, actor: Actor, contact: Contact, reason: str = "") -> str:
    """The full number, for somebody who may see it. That it was shown, and to whom, is recorded."""
    permit_on(actor, REVEAL_PHONE, contact.enterprise)
    record(
        actor=actor,
        verb="contact.revealed",
        subject=contact.enterprise,
        name=contact.name,
        phone=contact.phone_masked,
        reason=reason[:100],
    )
    return unseal(contact.phone_sealed)
