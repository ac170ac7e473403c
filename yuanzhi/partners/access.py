"""Who may do what with partners, referrals, departments and coordinations."""

from yuanzhi.accounts.access import ALL, OWN, Verb, roles
from yuanzhi.accounts.roles import ENTERPRISE_PEOPLE, GRID_STAFF, STAFF, Role

# -- departments and coordination

SEE_DEPARTMENTS = Verb("partners.department.view", "查看部门", roles(ALL, STAFF, Role.VIEWER))
EDIT_DEPARTMENTS = Verb("partners.department.edit", "维护部门、导入部门表", roles(ALL, Role.LEAD))
EXPORT_DEPARTMENTS = Verb(
    "partners.department.export", "导出部门表", roles(ALL, Role.LEAD, Role.DESK_OFFICER)
)
REVEAL_LIAISON = Verb(
    "partners.department.reveal", "显示部门联络人号码（留痕）", roles(ALL, Role.LEAD, Role.DESK_OFFICER)
)
SEE_COORDINATION = Verb(
    "partners.coordination.view",
    "查看诉求的部门协同",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER, Role.VIEWER), **roles(OWN, GRID_STAFF)},
)
COORDINATE = Verb(
    "partners.coordination.send",
    "请部门协同、采用答复、发协同链接",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER), **roles(OWN, GRID_STAFF)},
)
ANSWER_COORDINATION = Verb(
    "partners.coordination.answer", "本部门的协同：签收、退回、答复", roles(OWN, Role.DEPARTMENT)
)

# -- partners and referrals

SEE_PARTNERS = Verb("partners.view", "查看合伙人名册与值守", roles(ALL, STAFF, Role.VIEWER))
MANAGE_PARTNERS = Verb(
    "partners.manage", "登记合伙人与专家、排值守", roles(ALL, Role.LEAD, Role.DESK_OFFICER)
)
ACCREDIT = Verb("partners.accredit", "认证、暂停合伙人", roles(ALL, Role.LEAD))
SEE_REFERRALS = Verb(
    "partners.referral.view",
    "查看转介",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER, Role.VIEWER), **roles(OWN, GRID_STAFF)},
)
REFER = Verb(
    "partners.refer",
    "请合伙人帮忙、取消转介",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER), **roles(OWN, GRID_STAFF)},
)
PARTNER_PORTAL = Verb("partners.portal", "合伙人门户：答复、办理转介", roles(OWN, Role.PARTNER))
SEE_HELP = Verb("partners.help.view", "看自己的事有哪位专家在帮", roles(OWN, ENTERPRISE_PEOPLE))
RATE_PARTNER = Verb("partners.rate", "评价专家的帮忙", roles(OWN, ENTERPRISE_PEOPLE))
