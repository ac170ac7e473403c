"""Communities with very many cases, fast, for measuring only: rows are written past the actions.

Places, people and enterprises are made by the actions. The cases are poured in: each follows one of some
thousand courses (when it came, what was promised, how it ended) and says one of some thousand texts. It has
its entries in the history (with made-up digests), its signs for the search for duplicates, for half of them a
note and for two thirds of those confirmed a verdict. So many are open as a community can have in hand
(`OPEN`), whatever the size of its archive.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from . import bulk

OPEN = 80  # cases a community has in hand, at most three fifths of all
OWN = 12  # cases of the enterprise that has a contact, whose portal is asked for
COURSES, TEXTS, BATCH = 3_000, 3_000, 10_000
_AT_WORK = (
    "received",
    "received",
    "accepted",
    "in_progress",
    "in_progress",
    "waiting",
    "reopened",
    "resolved",
)
_DONE = ("confirmed",) * 7 + ("resolved", "declined", "withdrawn", "confirmed")
_MATTERS = {
    "入驻手续": ("要搬进来两层办公", "执照地址迁过来", "开基本户要租赁备案", "厂房要分租给子公司"),
    "政策咨询与申报": ("高企复审材料缺一份", "专精特新还能不能补报", "研发补贴一直没到账", "商标被人抢注了"),
    "融资对接": ("流水不够贷不下来", "想见见做早期的投资人", "授信额度突然降了"),
    "欠款追讨与合同": ("尾款 38 万拖了五个月", "工程款做完不结", "合同被单方面解除", "货发了对方不认账"),
    "招聘与用工": ("招不到机加工师傅", "想找二十个实习生", "校招摊位还有没有"),
    "社保与公积金": ("社保断缴一个月", "公积金转不过来", "居住证积分怎么算"),
    "子女入学": ("孩子九月上一年级没有学位", "转学材料卡住了", "暑期托管名额"),
    "水电空调与停车": ("三楼漏水到机房", "中央空调周末不开", "充电桩坏了两个", "门口路灯坏了晚上看不见"),
    "消防与安全隐患": ("消防通道堆满纸箱", "配电间有焦味", "喷淋压力不够"),
    "劳动纠纷": ("离职员工要加班费", "欠薪两个月", "仲裁下周开庭没有律师"),
    "园区秩序与邻里": ("楼上装修从早吵到晚", "外卖车堵住出口", "违停把货车堵在里面"),
    "党组织与工会": ("想成立党支部", "工会经费怎么返还", "党员关系转不过来"),
    "活动与联谊": ("想借会议室办沙龙", "联谊活动还有没有名额"),
}
_WHO = ("我们", "隔壁几家和我们", "财务说", "老板让问问", "行政这边", "车间反映")
_WHEN = ("上周", "这个月", "今天早上", "连着三天", "去年底到现在", "昨天下午两点")
_ASK = ("能不能帮忙协调一下", "该找哪个部门", "需要准备什么材料", "最快什么时候能办好", "有没有人来看一眼")
_NOTES = ("打过电话，说好明天去看", "材料齐了，已经交到窗口", "物业答应周五前修好", "等部门回音，先告诉企业")


@dataclass(frozen=True)
class Text:
    """What somebody said: its item, one line, the words, and the signs by which it is found."""

    item: str
    title: str
    words: str
    signs: tuple[int, ...]


@dataclass(frozen=True)
class Course:
    """How a case went: its row in the database's own values, and what history tells of it."""

    state: str
    row: list[Any]
    told: tuple[tuple[str, Any], ...]  # (verb, when)
    closed: Any


def texts(count: int = TEXTS, seed: int = 21) -> list[Text]:
    """Texts as enterprises write them; the same seed gives the same ones."""
    from yuanzhi.cases.similar import signs_of

    chance, found = random.Random(seed), []
    for number in range(count):
        item = chance.choice(list(_MATTERS))
        matter = chance.choice(_MATTERS[item])
        where = f"{chance.randrange(1, 30)} 幢 {chance.randrange(2, 20)}0{chance.randrange(1, 9)}"
        words = (
            f"{chance.choice(_WHO)}{chance.choice(_WHEN)}{matter}，{where}。{chance.choice(_ASK)}？"
            f"对方经手的人换了，单号 {number * 7919 % 100_000:05d}，{chance.choice(_WHEN)}又催过一次。"
        )
        found.append(Text(item, matter[:40], words, tuple(signs_of(matter, words))))
    return found


# -- communities -----------------------------------------------------------------------------------------


def found(communities: int, enterprises: int, officers: int = 1) -> None:
    """Communities with a park, two buildings, this many enterprises, four desks with `officers` each, a lead
    and a contact. By the actions."""
    from django.db import transaction

    from yuanzhi.config.commands.serving import prepare as migrate

    migrate()
    for number in range(communities):
        with transaction.atomic():
            _found_one(number, enterprises, officers)


def _found_one(number: int, enterprises: int, officers: int) -> None:
    from yuanzhi.accounts.actor import system
    from yuanzhi.accounts.roles import Role
    from yuanzhi.cases.setup import open_desks
    from yuanzhi.registry import actions
    from yuanzhi.registry.imports.bulk import SeatRow, register_many, seat_many

    since = dt.date(2023, 1, 1)
    community = actions.found_community(actor=system(), name=f"测速{number}社区", code=f"b{number}")
    house = system(community.pk, "测速")
    for desk in open_desks(actor=house, community=community, since=since):
        for at in range(officers):
            _employ(house, f"b{number}_{desk.code}_{at}", f"{desk.short}{at}", Role.DESK_OFFICER, desk.pk)
    _employ(house, f"b{number}_lead", "书记", Role.LEAD, None)
    park = actions.add_park(actor=house, name="测速园", lng=120.0, lat=30.3)
    blocks = [actions.add_building(actor=house, park=park, name=f"{n} 幢", floors=20) for n in (1, 2)]
    source = actions.source_for(house, label="测速")
    ids = register_many(
        actor=house, source=source, searchable=False,
        facts_rows=[{"name": f"杭州{_brand(number * enterprises + n)}科技有限公司"} for n in range(enterprises)],
    )  # fmt: skip
    seats = [SeatRow(pk, park.pk, blocks[at % 2].pk, valid_from=since) for at, pk in enumerate(ids)]
    seat_many(actor=house, seats=seats)
    _employ(house, f"b{number}_contact", "行政", Role.CONTACT, ids[0])


def _employ(house: Any, username: str, name: str, role: Any, scope_id: int | None) -> None:
    from yuanzhi.accounts import actions as accounts

    user = accounts.open_account(actor=house, username=username, name=name, must_change_password=False)
    accounts.grant_role(actor=house, user=user, role=role, scope_id=scope_id)


def _brand(number: int) -> str:
    signs = "云图数视智联恒远华信创源启明星辰东方海纳百川天成博雅瑞丰"
    return "".join(signs[number // len(signs) ** at % len(signs)] for at in range(4))


# -- cases -----------------------------------------------------------------------------------------------


def pour_cases(total: int, seed: int = 22) -> None:
    """`total` cases, the same number in every community."""
    from django.db import connection

    from yuanzhi.cases.models import Case, CaseShingle, Note, Verdict
    from yuanzhi.kernel.models import HistoryEntry
    from yuanzhi.registry.models import Community

    ids = list(Community.objects.order_by("pk").values_list("pk", flat=True))
    pool, said = Courses(seed), texts()
    with ExitStack() as stack:
        stack.enter_context(bulk.without_indexes(Case, CaseShingle, Note, Verdict, HistoryEntry))
        if connection.vendor == "sqlite":  # the rows are right
            stack.enter_context(connection.constraint_checks_disabled())
        pourer = _Pourer(pool, said, seed)
        for community_id in ids:
            pourer.community(community_id, total // len(ids))
        pourer.done()


class Courses:
    """Courses of cases, the oldest first, in `done`; of those in hand in `open`."""

    def __init__(self, seed: int) -> None:
        from yuanzhi.cases.models import Case

        self.chance, self.cases = random.Random(seed), bulk.Pour(Case)
        self.done = [self._course(_DONE, days) for days in self._ages(COURSES, 5, 1000)]
        self.open = [self._course(_AT_WORK, days) for days in self._ages(OPEN * 4, 0, 9)]

    def _ages(self, count: int, first: float, last: float) -> list[float]:
        return sorted((self.chance.uniform(first, last) for _ in range(count)), reverse=True)

    def _course(self, states: Sequence[str], days: float) -> Course:
        from django.db import connection
        from django.utils import timezone

        chance, state = self.chance, self.chance.choice(states)
        opened = timezone.now() - dt.timedelta(days=days)
        due = opened + dt.timedelta(hours=chance.randrange(24, 300))
        answered, ended = opened + dt.timedelta(hours=2), opened + dt.timedelta(days=min(days, 4) * 0.9)
        over, taken = states is _DONE or state == "resolved", state != "received"
        told = [("case.opened", opened)]
        told += [("case.accept", answered)] if taken and state != "declined" else []
        told += [("case.resolve", ended)] if state in ("resolved", "confirmed", "reopened") else []
        told += [(f"case.{state[:-2] if state == 'declined' else state}", ended)] * (state == "declined")
        closed = ended if state in ("confirmed", "declined", "withdrawn") else None
        row = self.cases.pattern({
            "state": state, "words": "", "speaker": "行政", "channel": chance.choice(("wechat", "desk", "phone", "portal")),
            "opened_at": opened, "promise_from": opened, "response_due": opened + dt.timedelta(hours=4),
            "resolution_due": due, "due_at": due, "response_hours": 4, "resolution_days": 5, "given_at": opened,
            "routed_why": "原话里有窗口常听到的话", "look_at": None, "version": 1 + len(told),
            "paused_at": answered if state == "waiting" else None, "responded_at": answered if taken else None,
            "resolved_at": ended if state in ("resolved", "confirmed") else None, "closed_at": closed,
            "outcome": "现场看过，当天协调好，企业说可以了。" if over else "",
        })  # fmt: skip
        adapt = connection.ops.adapt_datetimefield_value
        return Course(state, row, tuple((verb, adapt(when)) for verb, when in told), closed and adapt(closed))


class _Pourer:
    """Writes communities one after another; ids go on over all of them."""

    def __init__(self, pool: Courses, said: list[Text], seed: int) -> None:
        from yuanzhi.cases.models import Note, Verdict
        from yuanzhi.kernel.models import HistoryEntry

        self.pool, self.said, self.chance = pool, said, random.Random(seed)
        self.cases, self.entries = pool.cases, bulk.Pour(HistoryEntry)
        self.notes, self.verdicts = bulk.Pour(Note), bulk.Pour(Verdict)
        self.ids = [self.cases.next, self.entries.next, self.notes.next, self.verdicts.next]
        self.case_at = self.cases.places(
            "id", "community_id", "number", "enterprise_id", "building_id", "desk_id", "item_id", "title",
            "words", "owner_id", "owner_name", "opened_by_id", "token",
        )  # fmt: skip
        self.entry_at = self.entries.places(
            "id", "chain", "seq", "at", "verb", "subject", "context", "digest"
        )
        self.entry = self.entries.pattern({"actor_label": "测速", "data": _DATA})

    def community(self, community_id: int, count: int) -> None:
        from django.db import transaction

        from yuanzhi.kernel.models import ChainHead

        place, (head, _) = _Place(community_id), ChainHead.objects.get_or_create(chain=community_id)
        in_hand, seq = min(OPEN, count * 3 // 5), head.seq
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            with transaction.atomic():
                seq = self._batch(place, numbers, count - in_hand, count, seq)
        ChainHead.objects.filter(chain=community_id).update(seq=seq)

    def _batch(self, place: _Place, numbers: range, archive: int, total: int, seq: int) -> int:
        chance, pool, steady = self.chance, self.pool, max(1, total // OWN)
        cases, entries, notes, verdicts, signs = [], [], [], [], []
        for number in numbers:
            old = number < archive
            course = (
                pool.done[number * len(pool.done) // archive] if old
                else pool.open[(number - archive) * 4 + chance.randrange(4)]
            )  # fmt: skip
            text, pk = chance.choice(self.said), self.ids[0]
            firm, building = place.firms[0] if number % steady == 0 else chance.choice(place.firms[1:])
            desk, item = place.items[text.item]
            owner = (None, "") if course.state == "received" else chance.choice(place.officers[desk])
            self.ids[0] += 1
            row = course.row.copy()
            for at, value in zip(self.case_at, (
                pk, place.id, f"SQB-{number:07d}", firm, building, desk, item, text.title, text.words, *owner,
                place.officers[desk][0][0], f"bench{pk:017d}",
            ), strict=True):  # fmt: skip
                row[at] = value
            cases.append(row)
            signs += [(place.id, sign, pk) for sign in text.signs]
            for verb, when in course.told:
                seq += 1
                entries.append(self._entry(place.id, seq, verb, when, pk, firm))
            moment = course.told[0][1]
            if pk % 2:
                notes.append((self._next(2), pk, _NOTES[pk % len(_NOTES)], moment))
            if course.state == "confirmed" and pk % 3:
                verdicts.append((self._next(3), pk, 3 + pk % 3, course.closed))
        self._write(cases, entries, notes, verdicts, sorted(signs))
        return seq

    def _next(self, which: int) -> int:
        self.ids[which] += 1
        return self.ids[which] - 1

    def _entry(self, chain: int, seq: int, verb: str, when: Any, pk: int, firm: int) -> list[Any]:
        row = self.entry.copy()
        told = (self._next(1), chain, seq, when, verb, f"case:{pk}", f"enterprise:{firm}", f"{seq:064x}")
        for at, value in zip(self.entry_at, told, strict=True):
            row[at] = value
        return row

    def _write(self, cases: list, entries: list, notes: list, verdicts: list, signs: list) -> None:
        from yuanzhi.cases.models import CaseShingle

        self.cases.write(cases)
        self.entries.write(entries)
        pattern = self.notes.pattern({"author_label": "测速", "is_public": False})
        at = self.notes.places("id", "case_id", "text", "created_at")
        self.notes.write(list(_laid(pattern, at, notes)))
        pattern = self.verdicts.pattern({"round": 1, "is_solved": True, "channel": "link", "rater": "企业"})
        at = self.verdicts.places("id", "case_id", "satisfaction", "created_at")
        self.verdicts.write(list(_laid(pattern, at, verdicts)))
        bulk.pour(CaseShingle._meta.db_table, ("community_id", "sign", "case_id"), signs)

    def done(self) -> None:
        for pour in (self.cases, self.entries, self.notes, self.verdicts):
            pour.done()


_DATA = json.dumps(
    {"title": "测速", "channel": "微信", "desk": "经济发展", "source": "测速"}, ensure_ascii=False
)


def _laid(pattern: list[Any], places: Sequence[int], rows: list[tuple]) -> Iterator[list[Any]]:
    for values in rows:
        row = pattern.copy()
        for at, value in zip(places, values, strict=True):
            row[at] = value
        yield row


class _Place:
    """What a community's cases are made of."""

    def __init__(self, community_id: int) -> None:
        from yuanzhi.accounts.queries import members_of
        from yuanzhi.accounts.roles import Role
        from yuanzhi.cases.models import ServiceItem
        from yuanzhi.registry.models import Enterprise

        self.id = community_id
        rows = Enterprise.objects.filter(community_id=community_id)
        self.firms = list(rows.order_by("pk").values_list("pk", "building_id"))
        items = ServiceItem.objects.filter(desk__community_id=community_id)
        self.items = {name: (desk, pk) for name, desk, pk in items.values_list("name", "desk_id", "pk")}
        self.officers: dict[int, list[tuple[int, str]]] = {}
        for member in members_of(community_id, Role.DESK_OFFICER):
            self.officers.setdefault(member.scope_id, []).append((member.user_id, member.user.name))
