"""Everybody with a part in the community: staff, grids, captains, operators, partners, departments, leaders.

All names are invented. Phone numbers are 1990 followed by a running number from 0000000: valid in form, so
that every check accepts them, and plainly made up, so that nobody takes them for somebody's. No range is
reserved for fiction in the Chinese plan; the demo therefore must never dial or text one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from pypinyin import lazy_pinyin

from demo.names import Enterprise, person, share, uscc
from demo.places import Park, Settlement

DESKS = {"party": "党群建设", "economy": "经济发展", "public": "公共事务", "governance": "综合治理"}
STAFF = (
    ("陈望川", "lead", ""), ("俞景行", "deputy", ""),
    ("林知夏", "desk_officer", "economy"), ("许亦辰", "desk_officer", "economy"),
    ("陆可彦", "desk_officer", "economy"), ("周予安", "desk_officer", "public"),
    ("方棠", "desk_officer", "public"), ("沈若晴", "desk_officer", "public"),
    ("郑远舟", "desk_officer", "governance"), ("何景澄", "desk_officer", "governance"),
    ("苏念禾", "desk_officer", "party"), ("叶清澄", "desk_officer", "party"),
)  # fmt: skip
# Community staff below twenty: the twelve above and up to five who only lead a grid.
GRID_LEADERS_ONLY = ("裘一舟", "楼晓岚", "骆启辰", "祝安澜", "章以恒")
PARTNERS = (
    ("law", "浙江衡砚律师事务所", "31", "律师", ("顾明", "翁书白", "祁连舟"),
     ("劳动、合同、欠款催收", "知识产权、股权", "公司并购、股权")),
    ("law", "浙江渡川律师事务所", "31", "律师", ("江以南", "闵知遥"), ("欠款催收、保全", "劳动、租赁")),
    ("law", "浙江听澜律师事务所", "31", "律师", ("邬清和", "柯思齐"), ("涉外合同", "刑事合规、数据合规")),
    ("accounting", "杭州砺知会计师事务所（普通合伙）", "91", "会计师", ("贺清", "戴秋禾"),
     ("专项审计、高企", "内控")),
    ("accounting", "浙江正衡会计师事务所（普通合伙）", "91", "会计师", ("芮行简", "岑晚舟"),
     ("年报审计", "上市辅导、专项审计")),
    ("tax", "杭州禾正税务师事务所有限公司", "91", "税务师", ("钱正言", "褚南枝"),
     ("研发加计扣除、汇算清缴", "出口退税")),
    ("tax", "浙江税知税务师事务所有限公司", "91", "税务师", ("施允文",), ("发票、个税",)),
    ("finance", "云溪村镇银行仓前支行", "91", "客户经理", ("楼以宁", "丁子航"),
     ("信用贷、专利质押", "供应链金融")),
    ("finance", "浙江望溪创业投资有限公司", "91", "投资经理", ("潘景辰", "骆闻笛"),
     ("天使轮、A 轮", "路演辅导")),
    ("finance", "杭州融桥融资担保有限公司", "91", "客户经理", ("卞怀瑾",), ("担保、贴息",)),
    ("ip", "杭州启矩专利代理有限公司", "91", "专利代理师", ("文初夏", "聂云帆"),
     ("发明专利、PCT", "商标、著作权")),
    ("ip", "浙江知源知识产权代理有限公司", "91", "专利代理师", ("虞听雨", "池砚秋"),
     ("专利运营、证券化", "商标异议")),
    ("hr", "杭州同路人力资源有限公司", "91", "人力资源师", ("游思远", "梅若溪", "谈笑"),
     ("招聘、校招", "薪酬、社保", "劳动关系")),
    ("policy", "杭州策引企业管理咨询有限公司", "91", "申报顾问", ("温庭玉", "景行之", "容与"),
     ("高企、专精特新", "人才项目", "数字化改造")),
)  # fmt: skip
DEPARTMENTS = (
    ("jingxin", "余杭区经济信息化和科技局（演示）", "经信"), ("keji", "余杭区科技服务中心（演示）", "科技"),
    ("weijian", "余杭区卫生健康局（演示）", "卫健"), ("canlian", "余杭区残疾人联合会（演示）", "残联"),
    ("gongan", "余杭区公安分局（演示）", "公安"), ("renshe", "余杭区人力资源和社会保障局（演示）", "人社"),
    ("jiaoyu", "余杭区教育局（演示）", "教育"), ("shichang", "余杭区市场监督管理局（演示）", "市场监管"),
    ("shuiwu", "余杭区税务局（演示）", "税务"), ("xiaofang", "余杭区消防救援大队（演示）", "消防"),
)  # fmt: skip
# persona -> role of the accounts, title on the sign-in page, what this person comes here for
PERSONAS = {
    "lead": ("lead", "社区书记", "看全社区，督办超时的事"),
    "deputy": ("lead", "副站长", "替书记看全社区"),
    "desk_officer": ("desk_officer", "窗口专员", "接诉求、办诉求"),
    "grid_leader": ("grid_leader", "网格长", "管一个网格的企业"),
    "grid_member": ("grid_member", "专职网格员", "走访、登记企业变化"),
    "part_timer": ("part_timer", "兼职网格员", "帮着跑自己那几栋楼"),
    "captain": ("captain", "园区长", "园区里的联络人"),
    "operator": ("operator", "园区运营方", "管园区的空间和入驻"),
    "property": ("property", "物业", "管楼里的水电、消防、停车"),
    "contact": ("contact", "企业联系人", "替企业提诉求、打评价"),
    "employee": ("employee", "企业员工", "自己的事自己问"),
    "partner": ("partner", "合伙人专家", "接转介，上门支招"),
    "department": ("department", "部门经办人", "答复协同来的事"),
    "subdistrict": ("viewer", "街道领导", "只看，不改"),
    "district": ("viewer", "区领导", "只看，不改"),
    "system_admin": ("system_admin", "系统管理员", "管参数，看不到企业"),
    "security_admin": ("security_admin", "安全管理员", "管账号和权限"),
    "auditor": ("auditor", "审计管理员", "查日志"),
}
SECOND_FACTOR = frozenset({"system_admin", "security_admin", "auditor"})


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Post:
    """A role held from–to, bound to a community, desk, grid, park, enterprise, partner or department."""

    person: str
    persona: str
    role: str
    scope: str
    scope_key: str
    since: date
    until: date | None = None
    employer: str = ""  # key of the enterprise a captain or part-timer works for


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    person: str
    role: str
    persona: str
    title: str
    note: str
    shown: bool  # on the sign-in page of the demo
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """`purpose`: head | office | hr | finance | party. Without consent only staff may use the number."""

    enterprise: str
    name: str
    purpose: str
    phone: str
    consent: bool
    consent_on: date | None


@dataclass(frozen=True, slots=True)
class Expert:
    person: str
    title: str
    licence: str
    valid_until: date
    specialities: str
    languages: tuple[str, ...]
    duty: tuple[tuple[int, str], ...]  # weekday 0–4, am | pm


@dataclass(frozen=True, slots=True)
class Partner:
    key: str
    kind: str  # law | accounting | tax | finance | ip | hr | policy
    name: str
    uscc: str
    experts: tuple[Expert, ...]


@dataclass(frozen=True, slots=True)
class Department:
    key: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Grid:
    key: str
    name: str
    parks: tuple[str, ...]


@dataclass(frozen=True)
class Cast:
    persons: list[Person]
    posts: list[Post]
    accounts: list[Account]
    contacts: list[Contact]
    partners: list[Partner]
    departments: list[Department]


class Casting:
    """The work of `cast`: hands out keys and phone numbers."""

    def __init__(self, rng: Random, today: date, first: int, named: bool) -> None:
        self.rng, self.today, self.named = rng, today, named
        self.phones: Iterator[str] = (f"1990{n:07d}" for n in count(first))
        self.persons: list[Person] = []
        self.posts: list[Post] = []

    def hire(self, persona: str, scope: str, scope_key: str, name: str = "", **more: object) -> Person:
        """A new person in a post, under an invented name unless one is given and names are wanted."""
        key = f"H{len(self.persons) + 1:04d}"
        made = Person(key, name if name and self.named else person(self.rng), next(self.phones))
        self.persons.append(made)
        return self.appoint(made, persona, scope, scope_key, **more)

    def appoint(self, who: Person, persona: str, scope: str, scope_key: str, **more: object) -> Person:
        values: dict = {"since": self.ago(60, 900)} | more
        self.posts.append(Post(who.key, persona, PERSONAS[persona][0], scope, scope_key, **values))
        return who

    def ago(self, least: int, most: int) -> date:
        return self.today - timedelta(days=self.rng.randint(least, most))


def cast(
    rng: Random,
    today: date,
    first_phone: int,
    parks: Sequence[Park],
    grids: Sequence[Grid],
    settlement: Settlement,
    serial: int,
    suffix: str = "",
) -> Cast:
    """Fill every post of a community. Two grids lack somebody, some captains' terms have run out.

    `first_phone` and `serial` start the community's own ranges of phone numbers and codes; `suffix` sets its
    user names apart, and only without one do people have the names of the design pictures.
    """
    work = Casting(rng, today, first_phone, not suffix)
    staff = [
        work.hire(persona, "desk" if desk else "community", desk or "community", name)
        for name, persona, desk in STAFF
    ]
    tenants = _tenants_by_park(settlement)
    _staff_grids(work, grids, staff, tenants)
    _captains(work, parks, tenants)
    _park_managers(work, parks)
    partners = _partners(work, serial)
    for key, _name, _short in DEPARTMENTS:
        work.hire("department", "department", key)
    for persona in ("subdistrict", "district", "system_admin", "security_admin", "auditor"):
        work.hire(persona, "community", "community")
    spokesman = next((e for e in settlement.enterprises if e.short_name), settlement.enterprises[0])
    work.hire("contact", "enterprise", spokesman.key, "江晨溪", employer=spokesman.key)
    work.hire("employee", "enterprise", spokesman.key, "毛小满", employer=spokesman.key)
    contacts = list(_contacts(work, settlement.enterprises))
    departments = [Department(*row) for row in DEPARTMENTS]
    return Cast(work.persons, work.posts, _accounts(work, suffix), contacts, partners, departments)


def _tenants_by_park(settlement: Settlement) -> dict[str, list[Enterprise]]:
    """Enterprises with staff that sit in each park today."""
    by_key = {e.key: e for e in settlement.enterprises}
    out: dict[str, dict[str, Enterprise]] = defaultdict(dict)
    for tenancy in settlement.tenancies:
        enterprise = by_key[tenancy.enterprise]
        if tenancy.until is None and tenancy.use != "registered" and (enterprise.headcount or 0) >= 2:
            out[tenancy.unit.split("-")[0]][enterprise.key] = enterprise
    return {park: list(rows.values()) for park, rows in out.items()}


def _staff_grids(work: Casting, grids: Sequence[Grid], staff: Sequence[Person], tenants: dict) -> None:
    """1 + 3 + N: officers double as leaders where people are too few; N helpers work for tenants."""
    officers = [who for who, row in zip(staff, STAFF, strict=True) if row[1] == "desk_officer"]
    extra = list(GRID_LEADERS_ONLY)
    for k, grid in enumerate(grids):
        gap_leader, gap_member = k == 1, k == len(grids) - 2 and len(grids) > 2
        if not gap_leader:
            if k % 2 == 0 and extra:
                work.hire("grid_leader", "grid", grid.key, extra.pop(0))
            else:
                work.appoint(officers.pop(), "grid_leader", "grid", grid.key)
        for _ in range(2 if gap_member or (len(grids) == 2 and k == 0) else 3):
            work.hire("grid_member", "grid", grid.key)
        firms = [e for park in grid.parks for e in tenants.get(park, ())]
        for enterprise in work.rng.sample(firms, min(len(firms), work.rng.randint(2, 6))):
            work.hire("part_timer", "grid", grid.key, employer=enterprise.key)


def _captains(work: Casting, parks: Sequence[Park], tenants: dict) -> None:
    """One volunteer per park, employed by a tenant, for two years; every thirteenth term has run out."""
    for k, park in enumerate(parks):
        firms = tenants.get(park.key) or []
        if not firms:
            continue
        employer = work.rng.choice(firms).key
        since = work.ago(760, 980) if k % 13 == 3 else work.ago(30, 650)
        until = since + timedelta(days=730)
        work.hire("captain", "park", park.key, since=since, until=until, employer=employer)


def _park_managers(work: Casting, parks: Sequence[Park]) -> None:
    """One person per operator and per property manager, for all the parks their enterprise runs."""
    people: dict[tuple[str, str], Person] = {}
    for park in parks:
        for persona, firm in (("operator", park.operator), ("property", park.property_manager)):
            if who := people.get((persona, firm)):
                work.appoint(who, persona, "park", park.key, employer=firm)
            else:
                people[persona, firm] = work.hire(persona, "park", park.key, employer=firm)


def _partners(work: Casting, serial: int) -> list[Partner]:
    """Firms of the one-door counter; one expert's licence runs out soon, which the roster should notice."""
    rng, out = work.rng, []
    slots = [(day, half) for day in range(5) for half in ("am", "pm")]
    for k, (kind, name, authority, title, people, fields) in enumerate(PARTNERS):
        key = f"S{k + 1:02d}"
        experts = []
        for j, (who, field) in enumerate(zip(people, fields, strict=True)):
            made = work.hire("partner", "partner", key, who)
            valid = work.today + timedelta(days=21 if (k, j) == (0, 1) else rng.randint(200, 1_000))
            languages = ("普通话", "英语") if rng.random() < 0.4 else ("普通话", "杭州话")
            duty = tuple(sorted(rng.sample(slots, 2)))
            experts.append(
                Expert(made.key, title, f"演{rng.randint(10**8, 10**9 - 1)}", valid, field, languages, duty)
            )
        out.append(Partner(key, kind, name, uscc(authority, "330110", serial + k), tuple(experts)))
    return out


def _contacts(work: Casting, enterprises: Sequence[Enterprise]) -> Iterator[Contact]:
    """One to three people per enterprise that is still here; who asked for consent noted the day."""
    rng = work.rng
    others = ("office", "hr", "finance", "party")
    for enterprise in enterprises:
        if not enterprise.active:
            continue
        size = enterprise.headcount or 0
        number = 3 if size >= 30 else rng.choices((1, 2, 3), (62, 30, 8) if size < 8 else (25, 45, 30))[0]
        purposes = ["head", *rng.sample(others[: 4 if size >= 20 else 3], number - 1)]
        for purpose in purposes:
            chief = purpose == "head" and rng.random() < 0.7
            consent = rng.random() < 0.82
            age = (work.today - enterprise.established).days
            yield Contact(
                enterprise.key,
                enterprise.legal_person if chief else person(rng),
                purpose,
                next(work.phones),
                consent,
                work.today - timedelta(days=rng.randint(1, min(max(age, 2), 800))) if consent else None,
            )


def _accounts(work: Casting, suffix: str) -> list[Account]:
    """Sign-ins for the community's own staff and the first holder of every role; the latter are shown."""
    names = {who.key: who.name for who in work.persons}
    shown: set[str] = set()
    used: set[str] = set()
    holders: set[str] = set()
    out = []
    for post in sorted(work.posts, key=lambda p: list(PERSONAS).index(p.persona)):
        first = post.persona not in shown and post.person not in holders
        staff = post.persona in ("lead", "deputy", "desk_officer", "grid_leader")
        if post.person in holders or not (first or staff):
            continue
        if first:
            shown.add(post.persona)
        holders.add(post.person)
        stem = username = "".join(lazy_pinyin(names[post.person])) + suffix
        for n in count(2):
            if username not in used:
                break
            username = f"{stem}{n}"
        used.add(username)
        role, title, note = PERSONAS[post.persona]
        if post.scope == "desk":
            title = f"{DESKS[post.scope_key]}{title}"
        secure = role in SECOND_FACTOR
        out.append(Account(username, post.person, role, post.persona, title, note, first, secure))
    return out


def managers(enterprises: Sequence[Enterprise], total: int) -> tuple[list[str], list[str]]:
    """Keys of the enterprises that run parks and of those that look after buildings."""
    estate = [e for e in enterprises if e.industry == "K70"]
    keepers = [e.key for e in estate if "物业服务" in e.name][: share(9, total)]
    runners = [e.key for e in estate if "运营" in e.name][: share(15, total)]
    return runners or [estate[0].key], keepers or [estate[-1].key]
