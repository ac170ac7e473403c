"""Invented enterprises: names, codes, trades, sizes and histories that look like a real register.

No real enterprise is meant. Brands of known enterprises are left out (`words.KNOWN`), and every code carries
a body beginning with DM (for 演示), which no registration authority issues; its check digits are right.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from demo.words import (
    BRAND_FIRST,
    BRAND_SECOND,
    BRAND_THIRD,
    EATERIES,
    FUND_TRADES,
    GIVEN_FIRST,
    GIVEN_SECOND,
    KNOWN,
    LISTED,
    STORY,
    SURNAMES,
    TRADES,
    Trade,
)

FULL = 8_127  # enterprises on the register of a community of size 1
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
REGIONS = ("330110",) * 15 + ("330106", "330108", "330105", "330100", "330109")
TECH_SECTIONS = frozenset("ICM")
SCOPES = {trade.industry: trade.scope for trade in (*TRADES, *FUND_TRADES)} | {
    "C26": ("新材料技术研发", "专用化学产品制造（不含危险化学品）", "高性能纤维及复合材料制造"),
    "S95": ("组织行业交流", "开展行业调研和自律", "承接政府委托事项"),
    "S94": ("社会保障服务", "公共就业服务"),
    "P83": ("职业技能培训", "成人继续教育"),
    "H62": ("餐饮服务", "食品销售"),
    "F52": ("食品销售", "日用百货零售"),
    "O80": ("居民日常生活服务", "打字复印"),
}


@dataclass(frozen=True, slots=True)
class Qualification:
    """listed | little_giant 国家小巨人 | specialised 省专精特新 | high_tech 国高企 | tech_sme 省科小"""

    code: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One row of the register. Capital in whole units of its currency; headcount None: nobody asked yet."""

    key: str
    name: str
    short_name: str
    uscc: str
    kind: str
    industry: str  # GB/T 4754-2017 division with section letter, e.g. I65
    scope: str
    established: date
    legal_person: str
    capital: int | None = None
    currency: str = "CNY"
    headcount: int | None = None
    scale: str = ""  # micro | small | medium | large
    status: str = "active"  # active | cancelled 注销 | moved_out 迁出 | revoked 吊销
    status_on: date | None = None
    abnormal: tuple[str, date] | None = None  # 经营异常: reason, since
    former_names: tuple[tuple[str, date], ...] = ()  # name, used until
    parent: str | None = None  # key of the parent on this register
    parent_name: str = ""  # of a parent elsewhere
    qualifications: tuple[Qualification, ...] = ()
    address: str = ""
    source: str = "市场监管登记"
    as_of: date = date.min

    @property
    def active(self) -> bool:
        return self.status == "active"

    @property
    def division(self) -> str:
        """大类 without its section letter, as the register keeps it."""
        return self.industry[1:]


def uscc(authority: str, region: str, serial: int) -> str:
    """A unified social credit code with right check digits; different serials (< 31⁶) give different codes.

    `authority` is registration authority and kind of body (91 enterprise, 92 sole trader, 12, 31, 51, 52, N2,
    A1, Y1 …), `region` six digits. GB 32100-2015, with the body code of GB 11714-1997 inside.
    """
    scattered = (serial * 393_919_777 + 20_261_124) % 31**6
    body = "DM"
    for _ in range(6):
        scattered, digit = divmod(scattered, 31)
        body += ALPHABET[digit]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(c, 36) * w for c, w in zip(body, weights, strict=True)) % 11
    head = f"{authority}{region}{body}{'0' if rest == 11 else 'X' if rest == 10 else rest}"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(head))
    return head + ALPHABET[-total % 31]


def person(rng: Random) -> str:
    """An invented name; common surnames more often."""
    surname = SURNAMES[min(int(rng.expovariate(1 / 28)), len(SURNAMES) - 1)]
    return surname + (rng.choice(GIVEN_FIRST) if rng.random() < 0.85 else "") + rng.choice(GIVEN_SECOND)


def scale(headcount: int) -> str:
    """Size class by staff alone, thresholds of the software industry (工信部联企业〔2011〕300号)."""
    bounds = ((10, "micro"), (100, "small"), (300, "medium"))
    return next((word for bound, word in bounds if headcount < bound), "large")


def brands(rng: Random) -> Iterator[str]:
    """Endless brand words of 2–4 Hanzi, each pair of characters once per round."""
    pairs = sorted({a + b for a in BRAND_FIRST for b in BRAND_SECOND if a != b} - set(KNOWN))
    while True:
        rng.shuffle(pairs)
        for pair in pairs:
            draw = rng.random()
            if draw < 0.70:
                yield pair
            elif draw < 0.93:
                yield pair + rng.choice(BRAND_THIRD)
            else:
                yield pair + rng.choice(pairs)


class Register:
    """Builds the enterprises of one community, one `add` at a time, with distinct names and codes."""

    def __init__(self, rng: Random, first_serial: int, today: date) -> None:
        self.rng, self.serial, self.today = rng, first_serial, today
        self.rows: list[Enterprise] = []
        self.names: set[str] = set()
        self.brands = brands(rng)

    def add(self, name: str, industry: str, kind: str, authority: str = "91", **more: object) -> bool:
        """Append an enterprise unless its name is taken; says whether it was added."""
        if name in self.names:
            return False
        self.names.add(name)
        rng = self.rng
        scopes = SCOPES[industry]
        values: dict = {
            "key": f"E{self.serial:07d}",
            "name": name,
            "short_name": "",
            "uscc": uscc(authority, rng.choice(REGIONS), self.serial),
            "kind": kind,
            "industry": industry,
            "scope": "一般项目："
            + "；".join(rng.sample(scopes, min(len(scopes), rng.randint(2, 4))))
            + "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）。",
            "established": self.day(1500),
            "legal_person": person(rng),
            "headcount": int(rng.lognormvariate(0.62, 0.88)),
            "source": rng.choices(("市场监管登记", "园区报送", "走访登记"), (70, 18, 12))[0],
            "as_of": self.today - timedelta(days=int(rng.triangular(0, 720, 60))),
        } | more
        self.rows.append(Enterprise(**values))
        self.serial += 1
        return True

    def day(self, mean_days: float, least: int = 3) -> date:
        """A working day in the past, recent ones likelier."""
        back = least + min(int(self.rng.expovariate(1 / mean_days)), 8_400)
        day = self.today - timedelta(days=back)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def money(self) -> int:
        """Registered capital in yuan."""
        wan = (10, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000)
        return 10_000 * self.rng.choices(wan, (6, 10, 26, 9, 8, 18, 15, 4, 3, 1))[0]


def enterprises(
    rng: Random, count: int, first_serial: int, today: date, story: bool = True
) -> list[Enterprise]:
    """The register of one community: story firms first, operators next, then all the rest, `count` in all."""
    register = Register(rng, first_serial, today)
    if story:
        _story(register, share(6, count))
    for word, number in (("园区运营管理", share(14, count)), ("物业服务", share(9, count))):
        for _ in range(number):
            register.add(
                f"杭州{next(register.brands)}{word}有限公司", "K70", "有限责任公司",
                capital=register.money(),
                established=register.day(1500, 900), headcount=rng.randint(6, 24),
            )  # fmt: skip
    _institutions(register, count)
    while len(register.rows) < count:
        draw = rng.random()
        if draw < 0.03:
            _branch(register)
        elif draw < 0.05:
            _sibling(register)
        elif draw < 0.075:
            shop = rng.choice(EATERIES)
            industry = {"餐饮店": "H62", "小吃店": "H62", "咖啡馆": "H62", "便利店": "F52", "水果店": "F52"}
            name = f"杭州市余杭区仓前街道{next(register.brands)}{shop}（个体工商户）"
            register.add(name, industry.get(shop, "O80"), "个体工商户", "92", capital=register.money() // 10)
        elif draw < 0.11:
            trade = rng.choices(FUND_TRADES, [t.weight for t in FUND_TRADES])[0]
            name = f"杭州{next(register.brands)}{trade.word}合伙企业（有限合伙）"
            register.add(name, trade.industry, "有限合伙企业", headcount=0, capital=10 * register.money())
        else:
            _ordinary(register)
    return _finish(rng, register.rows[:count], count, today)


def share(of_full: int, count: int) -> int:
    """How many of `count` enterprises when a full community has `of_full`; at least one."""
    return max(1, round(of_full * count / FULL))


def _story(register: Register, listed: int) -> None:
    skipped = sorted(LISTED)[listed:]
    for short, name, industry, _park, _letter, _floor, _room, headcount in STORY:
        if short in skipped:
            continue
        young = short == "微澜智能"
        kind = "其他股份有限公司（上市）" if short in LISTED else "有限责任公司（自然人投资或控股）"
        register.add(
            name, industry, kind, short_name=short, headcount=headcount, source="走访登记",
            established=register.today - timedelta(days=47) if young else register.day(600, 1_400),
            capital=register.money() * (200 if short in LISTED else 1),
            as_of=register.today - timedelta(days=12),
        )  # fmt: skip


def _institutions(register: Register, count: int) -> None:
    """Bodies that are not enterprises in law but are residents all the same, with their own kinds of code."""
    rows = (
        ("12", "事业单位", "M73", ("杭州市余杭区{}研究院", "浙江{}创新研究中心"), 5),
        ("51", "社会团体", "S95", ("杭州市余杭区{}产业协会", "杭州市{}商会"), 4),
        ("52", "民办非企业单位", "P83", ("杭州{}职业技能培训学校", "杭州市余杭区{}青年创业服务中心"), 10),
        ("N2", "农村集体经济组织", "S95", ("杭州市余杭区仓前街道{}股份经济合作社",), 3),
        ("Y1", "其他机构", "S95", ("杭州{}产业联盟",), 2),
        ("A1", "军队事业单位", "S94", ("某部驻{}保障服务站",), 1),
    )
    for authority, kind, industry, patterns, number in rows:
        for _ in range(share(number, count)):
            name = register.rng.choice(patterns).format(next(register.brands))
            register.add(name, industry, kind, authority, headcount=register.rng.randint(2, 18))


def _ordinary(register: Register) -> None:
    rng = register.rng
    brand, trade = next(register.brands), rng.choices(TRADES, [t.weight for t in TRADES])[0]
    kinds = ("有限责任公司（自然人投资或控股）", "有限责任公司（自然人独资）", "有限责任公司（法人独资）")
    kind = rng.choices(kinds, (60, 32, 8))[0]
    more: dict = {"capital": register.money()}
    if rng.random() < 0.015:
        kind, more = "有限责任公司（外国法人独资）", {"capital": register.money() // 5, "currency": "USD"}
    name = _full_name(rng, brand, trade)
    if "股份" in name:
        kind = "其他股份有限公司（非上市）"
    if rng.random() < 0.05:
        older = _full_name(rng, brand if rng.random() < 0.5 else next(register.brands), rng.choice(TRADES))
        if older != name:
            established = register.day(1500, 500)
            age = (register.today - established).days
            more |= {
                "established": established,
                "former_names": ((older, established + timedelta(days=rng.randint(200, age - 100))),),
            }
    register.add(name, trade.industry, kind, **more)


def _full_name(rng: Random, brand: str, trade: Trade) -> str:
    patterns = ("杭州{b}{t}有限公司", "浙江{b}{t}有限公司", "{b}（杭州）{t}有限公司",
                "{b}{t}（杭州）有限公司", "{b}{t}有限公司",
                "杭州{b}{t}集团有限公司", "浙江{b}{t}股份有限公司")  # fmt: skip
    return rng.choices(patterns, (62, 15, 9, 6, 5, 1, 2))[0].format(b=brand, t=trade.word)


def _parents(register: Register) -> list[Enterprise]:
    """Limited firms that have been here for a while; the story firms keep their brands to themselves."""
    return [
        row for row in register.rows[-400:]
        if row.kind.startswith("有限责任") and row.name.endswith("有限公司") and not row.short_name
        and (register.today - row.established).days > 200
    ]  # fmt: skip


def _branch(register: Register) -> None:
    """A branch of a resident, or of an enterprise from elsewhere."""
    rng = register.rng
    parents = _parents(register)
    if parents and rng.random() < 0.5:
        parent = rng.choice(parents)
        place = rng.choice(("余杭", "仓前", "未来科技城", "杭州"))
        register.add(
            f"{parent.name}{place}分公司", parent.industry, "分公司", parent=parent.key,
            established=min(
                parent.established + timedelta(days=rng.randint(90, 900)),
                register.today - timedelta(days=10),
            ),
        )  # fmt: skip
        return
    trade = rng.choices(TRADES, [t.weight for t in TRADES])[0]
    parent_name = (
        f"{rng.choice(('上海', '北京', '深圳', '宁波', '苏州'))}{next(register.brands)}{trade.word}有限公司"
    )
    register.add(f"{parent_name}杭州分公司", trade.industry, "分公司", parent_name=parent_name)


def _sibling(register: Register) -> None:
    """A subsidiary that shares its parent's brand: what makes a search by brand ambiguous in real life."""
    rng = register.rng
    parents = [row for row in _parents(register) if row.name.startswith("杭州")]
    if not parents:
        return
    parent = rng.choice(parents)
    trade = rng.choices(TRADES, [t.weight for t in TRADES])[0]
    stem = next((t.word for t in sorted(TRADES, key=lambda t: -len(t.word)) if t.word in parent.name), None)
    if stem:
        name = f"{parent.name.split(stem)[0]}{trade.word}有限公司"
        register.add(
            name, trade.industry, "有限责任公司（法人独资）", parent=parent.key, capital=register.money()
        )


def _finish(rng: Random, rows: list[Enterprise], count: int, today: date) -> list[Enterprise]:
    """Qualifications with the staff that goes with them, then departures and blemishes among the others."""
    rows = _qualified(rng, rows, count, today)
    out = []
    for row in rows:
        settled = bool(row.short_name or row.qualifications) or row.industry == "K70"
        changes: dict = {}
        if not settled:
            changes = _blemishes(rng, row, today)
        headcount = changes.get("headcount", row.headcount)
        if headcount is not None:
            changes["scale"] = scale(headcount)
        out.append(replace(row, **changes))
    return out


def _blemishes(rng: Random, row: Enterprise, today: date) -> dict:
    draw, age = rng.random(), (today - row.established).days
    if draw < 0.013 and age > 200:
        status = rng.choices(("cancelled", "moved_out", "revoked"), (7, 6, 2))[0]
        return {"status": status, "status_on": today - timedelta(days=rng.randint(5, min(age - 60, 700)))}
    if draw < 0.028 and age > 120:
        reasons = ("通过登记的住所或者经营场所无法联系", "未按期公示年度报告", "公示信息隐瞒真实情况")
        since = today - timedelta(days=rng.randint(3, min(age - 60, 900)))
        return {"abnormal": (rng.choices(reasons, (5, 4, 1))[0], since)}
    if draw < 0.05:
        return {"headcount": None}
    return {}


def _qualified(rng: Random, rows: list[Enterprise], count: int, today: date) -> list[Enterprise]:
    """Give the mission's numbers of qualifications to technology firms; each rank includes the ones below it,
    except that a listed firm is too big to be a small specialised one."""
    eligible = [
        i for i, row in enumerate(rows)
        if row.industry[0] in TECH_SECTIONS and row.kind.endswith("）")
        and (today - row.established).days > 500
    ]  # fmt: skip
    # listed first, then the story firms, then by age: qualifications take years
    eligible.sort(
        key=lambda i: (rows[i].short_name not in LISTED, not rows[i].short_name, rows[i].established)
    )
    listed, giants, special, high, small = (share(n, count) for n in (6, 11, 84, 287, 650))
    older = eligible[: small * 2]
    keep = [i for i in older if rows[i].short_name]
    others = [i for i in older if not rows[i].short_name]
    chosen = (keep + rng.sample(others, max(0, min(small - len(keep), len(others)))))[:small]
    out = list(rows)
    for rank, i in enumerate(chosen):
        row = rows[i]
        codes = ["listed"] if rank < listed else []
        codes += ["little_giant"] if listed <= rank < listed + giants else []
        codes += ["specialised"] if listed <= rank < listed + special else []
        codes += ["high_tech"] if rank < high else []
        codes += ["tech_sme"]
        staff = (
            row.headcount if row.short_name
            else rng.randint(90, 240) if rank < listed + giants
            else int(rng.triangular(18, 110, 32)) if rank < listed + special
            else int(rng.triangular(8, 60, 16)) if rank < high
            else int(rng.triangular(3, 30, 7))
        )  # fmt: skip
        out[i] = replace(
            row,
            headcount=staff,
            qualifications=tuple(_qualification(rng, code, row, today) for code in codes),
        )
    return out


def _qualification(rng: Random, code: str, row: Enterprise, today: date) -> Qualification:
    """Granted after the first year, in a past December; valid three years where the rule says so."""
    if code in ("listed", "tech_sme"):
        first = row.established + timedelta(days=400)
        return Qualification(code, first + (today - first) * rng.uniform(0.2, 0.9), None)
    year = max(row.established.year + 1, today.year - rng.randint(1, 3))
    since = min(date(year, 12, rng.randint(1, 24)), today)
    return Qualification(code, since, date(since.year + 3, since.month, min(since.day, 28)))
