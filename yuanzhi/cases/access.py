"""Who may do what with cases."""

from yuanzhi.accounts.access import ALL, OWN, Verb, roles
from yuanzhi.accounts.roles import GRID_STAFF, STAFF, Role

SEE_CASE = Verb(
    "cases.view",
    "查看诉求",
    {
        **roles(ALL, Role.LEAD, Role.DESK_OFFICER, Role.VIEWER),
        **roles(
            OWN,
            GRID_STAFF,
            Role.CAPTAIN,
            Role.OPERATOR,
            Role.PROPERTY,
            Role.CONTACT,
            Role.EMPLOYEE,
        ),
    },
)
OPEN_CASE = Verb(
    "cases.open",
    "登记诉求",
    {
        **roles(ALL, Role.LEAD, Role.DESK_OFFICER, GRID_STAFF),
        **roles(OWN, Role.CAPTAIN, Role.OPERATOR, Role.PROPERTY, Role.CONTACT, Role.EMPLOYEE),
    },
)
WORK_CASE = Verb(
    "cases.work",
    "受理、办理、办结",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER), **roles(OWN, GRID_STAFF)},
)
ADD_CLAIMS = Verb(
    "cases.claims",
    "列欠款清单",
    {
        **roles(ALL, Role.LEAD, Role.DESK_OFFICER),
        **roles(OWN, GRID_STAFF, Role.CONTACT, Role.EMPLOYEE),
    },
)
EXPORT_CASE = Verb("cases.export", "打印、导出办理单（说明用途）", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
SEE_RATES = Verb(
    "cases.rates",
    "看三率",
    roles(
        ALL, Role.LEAD, Role.DESK_OFFICER, GRID_STAFF, Role.VIEWER, Role.CAPTAIN, Role.OPERATOR,
        Role.PROPERTY, Role.CONTACT, Role.EMPLOYEE,
    ),
)  # fmt: skip
SEE_ANSWERS = Verb(
    "cases.answers.view",
    "看大家常问的",
    roles(
        ALL, Role.LEAD, Role.DESK_OFFICER, GRID_STAFF, Role.VIEWER, Role.CAPTAIN, Role.OPERATOR,
        Role.PROPERTY, Role.CONTACT, Role.EMPLOYEE,
    ),
)  # fmt: skip
EDIT_ANSWERS = Verb("cases.answers.edit", "写解答、公开、下架", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
DECIDE_EXTENSION = Verb("cases.extension", "批延期", roles(ALL, Role.LEAD))
URGE_CASE = Verb("cases.urge", "督办", roles(ALL, Role.LEAD))
GIVE_VERDICT = Verb("cases.verdict", "评价、要求重办、撤回", roles(OWN, Role.CONTACT, Role.EMPLOYEE))
SEE_WORKBENCH = Verb(
    "cases.workbench",
    "工作台",
    roles(ALL, Role.LEAD, Role.DESK_OFFICER, GRID_STAFF, Role.VIEWER),
)
SEE_PORTAL = Verb(
    "cases.portal",
    "企业门户（自己提的事）",
    roles(OWN, Role.CONTACT, Role.EMPLOYEE, Role.CAPTAIN, Role.OPERATOR, Role.PROPERTY),
)
SEE_CATALOGUE = Verb(
    "cases.catalogue",
    "看服务事项",
    roles(
        ALL,
        Role.LEAD,
        Role.DESK_OFFICER,
        GRID_STAFF,
        Role.VIEWER,
        Role.CONTACT,
        Role.EMPLOYEE,
        Role.CAPTAIN,
        Role.OPERATOR,
        Role.PROPERTY,
    ),
)
EDIT_CATALOGUE = Verb("cases.catalogue.edit", "改服务事项", roles(ALL, Role.LEAD))
EDIT_REPLIES = Verb("cases.replies", "管常用回复", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
IMPORT_CASES = Verb("cases.import", "用表格登记诉求", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
SEE_ROUTING = Verb("cases.routing.view", "看派件规则", roles(ALL, Role.LEAD, Role.DESK_OFFICER, Role.VIEWER))
EDIT_ROUTING = Verb("cases.routing.edit", "定派件规则", roles(ALL, Role.LEAD))
OWN_ABSENCE = Verb("cases.absence", "登记自己哪天不在", roles(ALL, STAFF))
MANAGE_ABSENCES = Verb("cases.absences", "登记大家哪天不在，转交手上的事", roles(ALL, Role.LEAD))
SEE_BOARD = Verb("cases.board", "看升级篮", roles(ALL, Role.LEAD, Role.DESK_OFFICER, GRID_STAFF, Role.VIEWER))
EDIT_TERMS = Verb("cases.terms", "定办理约定（黄灯、等多久、提醒时刻）", roles(ALL, Role.LEAD))
