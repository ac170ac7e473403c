"""What the register knows about a message that was pasted: whose it is, and who speaks."""

from __future__ import annotations

from dataclasses import dataclass

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import fingerprint
from yuanzhi.registry.models import Contact, Enterprise
from yuanzhi.registry.queries import visible_to as enterprises_visible_to
from yuanzhi.registry.rules.names import name_key
from yuanzhi.registry.rules.phones import Phone

from .access import OPEN_CASE
from .needs import one_number
from .reading import Message, full_names, is_named, pieces, read_message

MOST = 4  # guesses shown


@dataclass(frozen=True)
class Guess:
    """An enterprise that a message may be from, and by what it was recognised."""

    enterprise: Enterprise
    why: str


@dataclass(frozen=True)
class Heard:
    """A message as it was understood. `sure`: the one enterprise it can only be from."""

    message: Message
    guesses: tuple[Guess, ...] = ()
    sure: Enterprise | None = None
    phone: Phone | None = None
    speaker: str = ""


def hear(actor: Actor, text: str) -> Heard:
    """Understand a pasted message. At most five queries, whatever the length."""
    message = read_message(text, me=actor.name)
    phones = [phone for number in message.phones if (phone := _phone(number))]
    only = phones[0] if len(phones) == 1 else None
    if not actor.is_staff or not text.strip():
        return Heard(message, phone=only, speaker=message.speaker)
    people = _people(actor, phones)
    by_phone = [Guess(p.enterprise, f"{p.name}的电话") for p in people]
    named = _by_name(actor, message)
    guesses = _once([*by_phone, *named])
    firms = {guess.enterprise.pk for guess in by_phone}
    speaker = message.speaker or (people[0].name if len({p.name for p in people}) == 1 else "")
    if len(firms) != 1 and len(named) > 1 and speaker:
        guesses = _who_works_there(guesses, speaker)
    sure = None
    if len(firms) == 1 and {guess.enterprise.pk for guess in named} <= firms:
        sure = by_phone[0].enterprise
    elif not firms and guesses and (len(guesses) == 1 or guesses[0].why.endswith(_KNOWN)):
        sure = guesses[0].enterprise
    return Heard(message, tuple(guesses[:MOST]), sure, only, speaker)


_KNOWN = "是那里的联系人"


def _phone(number: str) -> Phone | None:
    try:
        return one_number(number)
    except Refused:  # looks like one and is none
        return None


def _people(actor: Actor, phones: list[Phone]) -> list[Contact]:
    if not phones:
        return []
    rows = Contact.objects.filter(
        phone_mark__in=[fingerprint(phone.number) for phone in phones[:5]],
        valid_to=None,
        enterprise__in=enterprises_visible_to(actor, OPEN_CASE).filter(status__in=Enterprise.LIVE),
    )
    return list(rows.select_related("enterprise__park").order_by("pk")[: MOST * 2])


def _by_name(actor: Actor, message: Message) -> list[Guess]:
    text = f"{message.label}\n{message.words}" if message.label else message.words
    rows = enterprises_visible_to(actor, OPEN_CASE).filter(status__in=Enterprise.LIVE)
    rows = rows.select_related("park")
    keys = {name_key(full[at:]) for full in full_names(text)[:5] for at in range(max(len(full) - 5, 1))}
    whole = list(rows.filter(name_key__in=sorted(keys))[: MOST * 2]) if keys else []
    if whole:
        return [Guess(row, "原话里有全名") for row in whole]
    short = [row for row in rows.filter(short_name__in=pieces(text))[:60] if is_named(row.short_name, text)]
    # 云图 within 云图数视 is the longer one's.
    names = {row.short_name for row in short}
    short = [
        row
        for row in short
        if not any(row.short_name in other and row.short_name != other for other in names)
    ]
    short.sort(key=lambda row: (-len(row.short_name), text.find(row.short_name), row.pk))
    return [Guess(row, f"原话里有“{row.short_name}”") for row in short]


def _once(guesses: list[Guess]) -> list[Guess]:
    found: dict[int, Guess] = {}
    for guess in guesses:
        found.setdefault(guess.enterprise.pk, guess)
    return list(found.values())


def _who_works_there(guesses: list[Guess], speaker: str) -> list[Guess]:
    """Of several with one short name, the one where the speaker is known comes first."""
    ids = [guess.enterprise.pk for guess in guesses[:20]]
    rows = Contact.objects.filter(enterprise_id__in=ids, name=speaker, valid_to=None)
    known = set(rows.values_list("enterprise_id", flat=True))
    if len(known) != 1:
        return guesses
    return sorted(
        [Guess(g.enterprise, f"{speaker}{_KNOWN}") if g.enterprise.pk in known else g for g in guesses],
        key=lambda guess: guess.enterprise.pk not in known,
    )
