"""Who may do what with partners, referrals, departments and coordinations."""

from yuanzhi.accounts.access import ALL, OWN, Verb, roles
from yuanzhi.accounts.roles import GRID_STAFF, STAFF, Role

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
