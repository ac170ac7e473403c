"""Roles and what a role is bound to. Pure: the personas of the mission, as data."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a membership is bound to."""

    COMMUNITY = "community"
    DESK = "desk"
    GRID = "grid"
    PARK = "park"
    ENTERPRISE = "enterprise"
    PARTNER = "partner"
    DEPARTMENT = "department"


class Role(StrEnum):
    """Who somebody is in a community."""

    LEAD = "lead"
    DESK_OFFICER = "desk_officer"
    GRID_LEADER = "grid_leader"
    GRID_MEMBER = "grid_member"
    PART_TIMER = "part_timer"
    CAPTAIN = "captain"
    OPERATOR = "operator"
    PROPERTY = "property"
    CONTACT = "contact"
    EMPLOYEE = "employee"
    PARTNER = "partner"
    DEPARTMENT = "department"
    VIEWER = "viewer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"


# role -> (Chinese name, what it is bound to)
ROLES: dict[Role, tuple[str, Kind]] = {
    Role.LEAD: ("社区书记/站长", Kind.COMMUNITY),
    Role.DESK_OFFICER: ("窗口专员", Kind.DESK),
    Role.GRID_LEADER: ("网格长", Kind.GRID),
    Role.GRID_MEMBER: ("专职网格员", Kind.GRID),
    Role.PART_TIMER: ("兼职网格员", Kind.GRID),
    Role.CAPTAIN: ("园区长", Kind.PARK),
    Role.OPERATOR: ("园区运营方", Kind.PARK),
    Role.PROPERTY: ("物业", Kind.PARK),
    Role.CONTACT: ("企业联系人", Kind.ENTERPRISE),
    Role.EMPLOYEE: ("企业员工", Kind.ENTERPRISE),
    Role.PARTNER: ("合伙人专家", Kind.PARTNER),
    Role.DEPARTMENT: ("部门经办人", Kind.DEPARTMENT),
    Role.VIEWER: ("街道/区领导", Kind.COMMUNITY),
    Role.SYSTEM_ADMIN: ("系统管理员", Kind.COMMUNITY),
    Role.SECURITY_ADMIN: ("安全管理员", Kind.COMMUNITY),
    Role.AUDITOR: ("审计管理员", Kind.COMMUNITY),
}

STAFF = frozenset({Role.LEAD, Role.DESK_OFFICER, Role.GRID_LEADER, Role.GRID_MEMBER, Role.PART_TIMER})
GRID_STAFF = frozenset({Role.GRID_LEADER, Role.GRID_MEMBER, Role.PART_TIMER})
PARK_PEOPLE = frozenset({Role.CAPTAIN, Role.OPERATOR, Role.PROPERTY})
ENTERPRISE_PEOPLE = frozenset({Role.CONTACT, Role.EMPLOYEE})
# The three administrators are three people (GB/T 22239): none of them sees the register.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


# Whoever serves the enterprises or watches over it: an enterprise's verdict is never theirs to give.
SERVING = STAFF | ADMINISTRATORS | {Role.PARTNER, Role.DEPARTMENT, Role.VIEWER}


def role_name(role: str) -> str:
    """The role's Chinese name; an unknown role answers with its code."""
    return ROLES[Role(role)][0] if role in set(Role) else role


def conflicts(held: set[Role], wanted: Role) -> str:
    """Why these roles can't be one person's in one community; empty when they can.

    Source: 三员分立, GB/T 22239-2019. Administrators hold no other role: none of them sees the register.
    """
    if wanted in ADMINISTRATORS and (others := (held & ADMINISTRATORS) - {wanted}):
        names = "、".join(role_name(r) for r in sorted(others))
        return f"系统、安全、审计管理员须由三个人分别担任，此人已是{names}"
    if wanted in ADMINISTRATORS and (others := held - ADMINISTRATORS):
        names = "、".join(role_name(r) for r in sorted(others))
        return f"管理员不能兼任别的身份，此人已是{names}：换一个人，或先结束他现有的身份"
    if wanted not in ADMINISTRATORS and held & ADMINISTRATORS:
        return "此人是管理员，不能同时承担社区业务：换一个人，或先结束他的管理员身份"
    return ""
