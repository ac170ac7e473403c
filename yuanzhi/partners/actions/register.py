"""The register of partners: kinds of help, firms, their experts, and whom they are tied to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.registry.models import Community, Enterprise

from ..access import MANAGE_PARTNERS
from ..models import Expert, Partner, PartnerKind, Tie
from .guard import line_of, list_of, permit, permit_on, read_code, sealed_phone

# Fields of help a community begins with; it adds its own.
STARTER_KINDS = [
    ("law", "法律"),
    ("accounting", "会计审计"),
    ("tax", "税务"),
    ("finance", "金融投资"),
    ("ip", "知识产权"),
    ("hr", "人力资源"),
    ("policy", "项目申报"),
]
PARTNER_FACTS = {
    "name": "名称",
    "kind": "类别",
    "uscc": "统一社会信用代码",
    "licence_no": "执业许可证号",
    "licence_until": "许可有效期至",
    "intro": "擅长什么",
    "free_terms": "什么免费",
    "paid_terms": "什么收费",
}
EXPERT_FACTS = {
    "name": "姓名",
    "title": "职称",
    "licence_no": "执业证号",
    "licence_until": "证书有效期至",
    "specialities": "专长",
    "languages": "语言",
    "most_open": "手上最多几件",
    "is_active": "在列",
}


# -- kinds ---------------------------------------------------------------------------------------------


@action
def open_kinds(*, actor: Actor, community: Community) -> list[PartnerKind]:
    """The fields of help a community begins with; those that are there are left alone."""
    permit(actor, MANAGE_PARTNERS, community.pk)
    have = set(PartnerKind.objects.filter(community=community).values_list("code", flat=True))
    missing = [(code, name) for code, name in STARTER_KINDS if code not in have]
    PartnerKind.objects.bulk_create(
        PartnerKind(community=community, code=code, name=name, order=10 * (len(have) + at))
        for at, (code, name) in enumerate(missing)
    )
    if missing:
        record(
            actor=actor, verb="partner_kinds.opened", subject=community, names=[name for _, name in missing]
        )
    return list(PartnerKind.objects.filter(community=community))


@action
def add_kind(*, actor: Actor, name: str) -> PartnerKind:
    """A field of help of the community's own. The same name again is the same one."""
    permit(actor, MANAGE_PARTNERS)
    name = line_of(name, 20, required="类别名称还没填，例如：检测认证")
    rows = PartnerKind.objects.filter(community_id=actor.community_id)
    if (twin := rows.filter(name=name).first()) is not None:
        if not twin.is_active:
            return set_kind_active(actor=actor, kind=twin, is_active=True)
        return twin
    number = rows.count() + 1
    while rows.filter(code=f"own{number}").exists():
        number += 1
    kind = PartnerKind.objects.create(
        community_id=actor.community_id, code=f"own{number}", name=name, order=10 * number
    )
    record(actor=actor, verb="partner_kind.added", subject=kind, name=name)
    return kind


@action
def set_kind_active(*, actor: Actor, kind: PartnerKind, is_active: bool) -> PartnerKind:
    """Offer a field of help, or no longer; what was done under it stays."""
    permit(actor, MANAGE_PARTNERS, kind.community_id)
    if PartnerKind.objects.filter(pk=kind.pk, is_active=not is_active).update(is_active=is_active):
        verb = "partner_kind.back" if is_active else "partner_kind.retired"
        record(actor=actor, verb=verb, subject=kind, name=kind.name)
    kind.refresh_from_db()
    return kind


# -- partners ------------------------------------------------------------------------------------------


def _partner_values(actor: Actor, facts: dict[str, Any]) -> dict[str, Any]:
    """Facts of a partner as they are stored. Raises Refused with a sentence."""
    values = {key: value for key, value in facts.items() if key in PARTNER_FACTS}
    if "name" in values:
        values["name"] = line_of(values["name"], 80, required="机构名称还没填，请照执业许可证写全称")
    if "kind" in values and values["kind"].community_id != actor.community_id:
        raise Refused("这个类别不在本社区")
    if "uscc" in values:
        values["uscc"] = read_code(values["uscc"])
    if "free_terms" in values:
        need = "写清楚什么免费：企业先知道，再决定请不请，例如“首次咨询一小时免费”"
        values["free_terms"] = line_of(values["free_terms"], 300, required=need)
    for key, most in (("paid_terms", 300), ("intro", 300), ("licence_no", 60)):
        if key in values:
            values[key] = line_of(values[key], most)
    return values


def _twin_of(actor: Actor, values: dict[str, Any], but: int = 0) -> Partner | None:
    rows = Partner.objects.filter(community_id=actor.community_id).exclude(pk=but)
    if values.get("name") and (twin := rows.filter(name=values["name"]).first()):
        return twin
    return rows.filter(uscc=values["uscc"]).first() if values.get("uscc") else None


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, PartnerKind) else value for key, value in values.items()}


@action
def add_partner(*, actor: Actor, facts: dict[str, Any], phone: str = "") -> Partner:
    """Register a firm, still to be accredited. `facts`: keys of PARTNER_FACTS.

    Raises Refused when the name or code is known already or something can't be right.
    """
    permit(actor, MANAGE_PARTNERS)
    values = _partner_values(actor, {"name": "", "free_terms": "", **facts})
    if "kind" not in values:
        raise Refused("选一个类别：是律师、会计还是别的")
    if (twin := _twin_of(actor, values)) is not None:
        raise Refused(f"{twin.name}已经登记过：在名册里打开它改就行")
    try:
        with transaction.atomic():
            partner = Partner.objects.create(community_id=actor.community_id, **values, **sealed_phone(phone))
    except IntegrityError as error:
        raise Overtaken(f"{values['name']}刚被别人登记了：刷新名册看看") from error
    record(actor=actor, verb="partner.added", subject=partner, **_shown(values), phone=partner.phone_masked)
    return partner


@action
def edit_partner(
    *, actor: Actor, partner: Partner, facts: dict[str, Any], phone: str | None = None
) -> Partner:
    """Correct a firm's facts; `phone=None` leaves the number. Raises Overtaken when somebody was faster."""
    permit_on(actor, MANAGE_PARTNERS, partner)
    values = _partner_values(actor, facts)
    if (twin := _twin_of(actor, values, but=partner.pk)) is not None:
        raise Refused(f"名称或代码和{twin.name}重了：请核对")
    before = {key: getattr(partner, key) for key in values}
    stored = {**values, **(sealed_phone(phone) if phone is not None else {})}
    seen = Partner.objects.filter(pk=partner.pk, version=partner.version)
    if not seen.update(**stored, version=F("version") + 1):
        raise Overtaken(f"{partner.name}刚被别人改过：刷新看看，您填的还在")
    partner.refresh_from_db()
    changed = changes(_shown(before), _shown(values))
    record(
        actor=actor,
        verb="partner.changed",
        subject=partner,
        changes=changed,
        number_changed=phone is not None,
    )
    return partner


# -- experts -------------------------------------------------------------------------------------------


def _expert_values(facts: dict[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in facts.items() if key in EXPERT_FACTS}
    if "name" in values:
        values["name"] = line_of(values["name"], 40, required="专家姓名还没填")
    for key, most in (("title", 40), ("licence_no", 60)):
        if key in values:
            values[key] = line_of(values[key], most)
    for key in ("specialities", "languages"):
        if key in values:
            values[key] = list_of(values[key])
    if "most_open" in values:
        most = values["most_open"] = int(values["most_open"] or 8)
        if not 1 <= most <= 99:
            raise Refused("手上最多几件：请填 1 到 99")
    return values


def _account(partner: Partner, user: User | None) -> int | None:
    """The account an expert signs in with: one that holds the role for this very firm."""
    if user is None:
        return None
    held = members_of(partner.community_id, Role.PARTNER, kind=Kind.PARTNER, scope_ids=[partner.pk])
    if not held.filter(user=user).exists():
        raise Refused(f"{user.name}还没有{partner.name}的合伙人身份：请安全管理员先授予")
    return user.pk


@action
def add_expert(
    *, actor: Actor, partner: Partner, facts: dict[str, Any], phone: str = "", user: User | None = None
) -> Expert:
    """Put a professional on the firm's list. The same name with the same licence is the same person."""
    permit_on(actor, MANAGE_PARTNERS, partner)
    if partner.state == Partner.State.ENDED:
        raise Refused(f"{partner.name}已退出：要再请它，先重新认证")
    values = _expert_values({"name": "", **facts})
    twin = Expert.objects.filter(
        partner=partner, name=values["name"], licence_no=values.get("licence_no", "")
    ).first()
    if twin is not None:
        return twin
    expert = Expert.objects.create(
        partner=partner, user_id=_account(partner, user), **values, **sealed_phone(phone)
    )
    told = {("position" if key == "title" else key): value for key, value in values.items()}
    record(actor=actor, verb="expert.added", subject=expert, context=partner, **told)
    return expert


@action
def edit_expert(
    *,
    actor: Actor,
    expert: Expert,
    facts: dict[str, Any],
    phone: str | None = None,
    user: User | None = None,
    keep_user: bool = True,
) -> Expert:
    """Correct an expert's facts. `keep_user` leaves the account as it is; `phone=None` the number."""
    permit_on(actor, MANAGE_PARTNERS, expert.partner)
    values = _expert_values(facts)
    before = {key: getattr(expert, key) for key in values}
    stored: dict[str, Any] = {**values, **(sealed_phone(phone) if phone is not None else {})}
    if not keep_user:
        stored["user_id"] = _account(expert.partner, user)
    seen = Expert.objects.filter(pk=expert.pk, version=expert.version)
    if not seen.update(**stored, version=F("version") + 1):
        raise Overtaken(f"{expert.name}的资料刚被别人改过：刷新看看，您填的还在")
    changed = changes(before, values)
    if not keep_user and expert.user_id != stored["user_id"]:
        changed["account"] = [bool(expert.user_id), bool(stored["user_id"])]
    expert.refresh_from_db()
    record(actor=actor, verb="expert.changed", subject=expert, context=expert.partner, changes=changed)
    return expert


# -- ties ----------------------------------------------------------------------------------------------


@action
def add_tie(
    *,
    actor: Actor,
    partner: Partner,
    kind: str,
    name: str = "",
    enterprise: Enterprise | None = None,
    expert: Expert | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    source: str = "",
) -> Tie:
    """Note what binds a firm (or one of its experts) to somebody. The same tie twice is one."""
    permit_on(actor, MANAGE_PARTNERS, partner)
    if kind not in Tie.Kind.values:
        raise Refused("选一种关系：代理、代理对方、任职还是持股")
    if expert is not None and expert.partner_id != partner.pk:
        raise Refused(f"{expert.name}不是{partner.name}的专家")
    if enterprise is not None and enterprise.community_id != partner.community_id:
        raise Refused("这家企业不在本社区")
    need = "写清楚是哪家企业或哪个人"
    name = line_of(name or (enterprise.name if enterprise else ""), 80, required=need)
    source = line_of(source, 120, required="写一下来源：谁说的、哪份材料，以后查得到")
    if since and until and until < since:
        raise Refused("结束的日子比开始还早，请核对")
    told = {"kind": kind, "name": name, "enterprise": enterprise, "expert": expert}
    if (twin := Tie.objects.filter(partner=partner, **told, until=until).first()) is not None:
        return twin
    tie = Tie.objects.create(partner=partner, since=since, until=until, source=source, **told)
    record(
        actor=actor,
        verb="tie.added",
        subject=partner,
        kind=Tie.Kind(kind).label,
        name=name,
        expert=expert.name if expert else "",
        source=source,
        since=since,
        until=until,
    )
    return tie


@action
def end_tie(*, actor: Actor, tie: Tie, until: dt.date | None = None) -> Tie:
    """From the day after `until` (yesterday when not given) the tie no longer holds."""
    permit_on(actor, MANAGE_PARTNERS, tie.partner)
    day = until or timezone.localdate(clock.now()) - dt.timedelta(days=1)
    if not Tie.objects.filter(pk=tie.pk, until=tie.until).update(until=day):
        raise Overtaken("这条关系刚被别人改过：请刷新")
    tie.refresh_from_db()
    record(actor=actor, verb="tie.ended", subject=tie.partner, name=tie.name, until=day)
    return tie
