"""Decisions about partners: who may be asked, in what order, and who stands on the other side. Pure.

Source of the conflict rules: 律师执业行为规范（试行）, 利益冲突审查. What a colleague of the same firm acts
for or against binds the whole firm; where a colleague works or holds shares does not, but is said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from yuanzhi.registry.search.names import FORMS, parse

WARN_DAYS = 30  # before a licence or an accreditation ends

# -- who is meant --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """One side of a matter, as far as it is known: a row of the register, a code, a name."""

    name: str
    enterprise_id: int | None = None
    uscc: str = ""


def core_name(name: str) -> str:
    """A name without region, organisation form and branch: 云图科技（杭州）有限公司滨江分公司 → 云图科技."""
    cut = parse(name.strip())[0]
    text = cut.text[cut.starts[0] :]
    form = FORMS.search(text, 1)
    return text[: form.start()] if form else text


def _brand(name: str) -> str:
    cut = parse(name.strip())[0]
    return cut.text[cut.starts[0] : cut.brand_end]


def same_party(a: Party, b: Party) -> bool:
    """Whether two descriptions mean the same. Ids and codes decide where both sides have them.

    Names are compared without region, form and branch; a short name given by hand meets its brand. Names
    that only begin alike don't meet: 云图科技 and 云图传媒 are two.
    """
    if a.enterprise_id and b.enterprise_id:
        return a.enterprise_id == b.enterprise_id
    if a.uscc and b.uscc:
        return a.uscc == b.uscc
    one, other = core_name(a.name), core_name(b.name)
    if len(one) < 2 or len(other) < 2:
        return False
    return one == other or one == _brand(b.name) or other == _brand(a.name)


def split_names(text: str) -> list[str]:
    """The names in what somebody wrote about the other side: "甲公司、张三" are two."""
    return [
        part.strip()
        for part in re.split(r"[、，,；;\n]+|和(?=[\u4e00-\u9fff]{2,}公司)", text)
        if part.strip()
    ]


# -- conflicts of interest -----------------------------------------------------------------------------

ACTS_FOR, AGAINST, EMPLOYER, SHAREHOLDER = "acts_for", "against", "employer", "shareholder"
_ACTING = {ACTS_FOR, AGAINST}


@dataclass(frozen=True)
class TieFact:
    """A tie of a firm: of all of it (`expert_id` None) or of one of its experts."""

    kind: str
    party: Party
    expert_id: int | None = None
    expert_name: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def holds(self, on: dt.date) -> bool:
        """Whether it is in force on this day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class OtherWork:
    """A referral that somebody of the firm has on hand: whom it helps, and against whom."""

    expert_id: int
    expert_name: str
    helps: Party
    opponents: tuple[Party, ...] = ()


@dataclass(frozen=True)
class Matter:
    """The case as the check needs it: whom it helps, whom it is against, and the day."""

    own: Party
    opponents: tuple[Party, ...]
    on: dt.date


@dataclass(frozen=True)
class Finding:
    """A sentence about an expert and a matter. `blocks`: this expert may not be asked."""

    blocks: bool
    words: str


def conflicts(
    expert_id: int,
    firm: Party,
    ties: Iterable[TieFact],
    work: Iterable[OtherWork],
    matter: Matter,
) -> list[Finding]:
    """What stands between an expert and a matter; the blocking ones first."""
    found: list[Finding] = []
    for opponent in matter.opponents:
        if same_party(firm, opponent):
            found.append(Finding(True, f"对方就是{firm.name}自己"))
    for tie in ties:
        if tie.holds(matter.on):
            found += _of_tie(expert_id, tie, matter)
    for other in work:
        found += _of_work(expert_id, other, matter)
    return sorted(dict.fromkeys(found), key=lambda finding: not finding.blocks)


def _of_tie(expert_id: int, tie: TieFact, matter: Matter) -> list[Finding]:
    who = (
        "" if tie.expert_id == expert_id else "本机构" if tie.expert_id is None else f"同事{tie.expert_name}"
    )
    binds = tie.expert_id in (None, expert_id) or tie.kind in _ACTING
    name = tie.party.name
    against_us = any(same_party(tie.party, opponent) for opponent in matter.opponents)
    if against_us:
        words = {
            ACTS_FOR: f"{who}正在代理对方{name}",
            EMPLOYER: f"{who}在对方{name}任职或有近亲属任职",
            SHAREHOLDER: f"{who}持有对方{name}的股份",
            AGAINST: f"{who}也在代理别人告对方{name}",
        }
        return [Finding(binds and tie.kind != AGAINST, words[tie.kind])]
    if same_party(tie.party, matter.own):
        words = {
            ACTS_FOR: f"{who}本来就代理{name}，可以接，先告诉企业",
            EMPLOYER: f"{who}在{name}任职或有近亲属任职，可以接，先告诉企业",
            SHAREHOLDER: f"{who}持有{name}的股份，可以接，先告诉企业",
            AGAINST: f"{who}正在代理别人告{name}",
        }
        return [Finding(tie.kind == AGAINST, words[tie.kind])]
    return []


def _of_work(expert_id: int, other: OtherWork, matter: Matter) -> list[Finding]:
    who = "正在" if other.expert_id == expert_id else f"同事{other.expert_name}正在"
    for opponent in matter.opponents:
        if same_party(other.helps, opponent):
            return [Finding(True, f"{who}另一件诉求里帮对方{other.helps.name}")]
    if any(same_party(party, matter.own) for party in other.opponents):
        return [Finding(True, f"{who}另一件诉求里帮别人对{matter.own.name}")]
    return []


# -- who may be asked, and whose turn it is ------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """An expert as the choice sees them on a day."""

    expert_id: int
    name: str
    firm_state: str = "accredited"
    firm_why: str = ""
    accredited_until: dt.date | None = None
    firm_licence_until: dt.date | None = None
    licence_until: dt.date | None = None
    is_active: bool = True
    open_load: int = 0
    most_open: int = 8
    on_duty: bool = False
    last_asked: dt.datetime | None = None
    specialities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    asked_before: bool = False
    reachable: bool = True


@dataclass(frozen=True)
class Wanted:
    """What the matter asks of an expert; empty means anything will do."""

    speciality: str = ""
    language: str = ""


def out_of_force(standing: Standing, on: dt.date) -> str:
    """Why an expert is not offered at all on this day: suspended, ended, licence run out. "" when offered."""
    if not standing.is_active:
        return "已不在列"
    if standing.firm_state == "suspended":
        return f"机构暂停中{f'（{standing.firm_why}）' if standing.firm_why else ''}"
    if standing.firm_state != "accredited":
        return {"candidate": "机构还没有认证", "ended": "机构已退出"}.get(standing.firm_state, "机构未认证")
    for until, what in (
        (standing.accredited_until, "机构认证"),
        (standing.firm_licence_until, "机构执业许可"),
        (standing.licence_until, "本人证书"),
    ):
        if until is not None and until < on:
            return f"{what} {until.year} 年 {until.month} 月 {until.day} 日已到期"
    return ""


def hindrance(standing: Standing, wanted: Wanted, on: dt.date) -> str:
    """Why this expert can't be asked for this matter; "" when they can."""
    if why := out_of_force(standing, on):
        return why
    for finding in standing.findings:
        if finding.blocks:
            return f"利益冲突：{finding.words}"
    if standing.asked_before:
        return "这件事已经问过"
    if standing.open_load >= standing.most_open:
        return f"手上已有 {standing.open_load} 件，满了"
    if wanted.language and wanted.language not in standing.languages:
        return f"不会{wanted.language}"
    return ""


def fits(standing: Standing, wanted: Wanted) -> bool:
    """Whether the wanted field is one of the expert's."""
    word = wanted.speciality.strip()
    return not word or any(word in own or own in word for own in standing.specialities)


NEVER = dt.timedelta(days=3650)  # the wait of somebody who was never asked


def turn_key(standing: Standing, wanted: Wanted, now: dt.datetime) -> tuple[bool, bool, float, int, int]:
    """The order of the rotation, the smallest first.

    Who knows the field, then who is on duty now, then who was asked longest ago; the wait counts half with
    one matter on hand, a third with two. Between equals the lighter load, then the older row.
    """
    wait = NEVER if standing.last_asked is None else max(now - standing.last_asked, dt.timedelta())
    weighted = wait.total_seconds() / (1 + standing.open_load)
    return (
        not fits(standing, wanted),
        not standing.on_duty,
        -weighted,
        standing.open_load,
        standing.expert_id,
    )


def in_turn(standings: Sequence[Standing], wanted: Wanted, now: dt.datetime, on: dt.date) -> list[Standing]:
    """Those who can be asked, in the order of the rotation."""
    able = [standing for standing in standings if not hindrance(standing, wanted, on)]
    return sorted(able, key=lambda standing: turn_key(standing, wanted, now))


def ending_soon(until: dt.date | None, today: dt.date) -> bool:
    """Whether something that is in force ends within WARN_DAYS."""
    return until is not None and today <= until <= today + dt.timedelta(days=WARN_DAYS)


# -- figures -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AskFact:
    """An ask that is over, for the figures. `minutes`: office minutes until the answer."""

    state: str  # accepted, declined, expired
    minutes: int | None = None


@dataclass
class Answering:
    """How somebody answers: accepted of asked, and the median time to an answer in office minutes."""

    accepted: int = 0
    asked: int = 0
    median_minutes: int | None = None
    answered: int = 0

    @property
    def percent(self) -> int | None:
        """Accepted of asked, rounded; None where nobody asked."""
        return round(100 * self.accepted / self.asked) if self.asked else None


def answering(asks: Iterable[AskFact]) -> Answering:
    """The figures of finished asks. Those that were taken back before an answer don't count."""
    counted = [ask for ask in asks if ask.state in ("accepted", "declined", "expired")]
    times = [ask.minutes for ask in counted if ask.minutes is not None and ask.state != "expired"]
    return Answering(
        accepted=sum(ask.state == "accepted" for ask in counted),
        asked=len(counted),
        median_minutes=round(median(times)) if times else None,
        answered=len(times),
    )


@dataclass(frozen=True)
class Outcomes:
    """What came of somebody's referrals. Sums say over how many they are."""

    taken: int = 0
    done: int = 0
    hours: float = 0
    hours_n: int = 0
    recovered: float = 0
    recovered_n: int = 0
    ratings: tuple[int, ...] = field(default_factory=tuple)

    @property
    def mean(self) -> float | None:
        """The mean of the enterprises' ratings, one to five."""
        return round(sum(self.ratings) / len(self.ratings), 1) if self.ratings else None
