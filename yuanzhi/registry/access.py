"""Who may do what with the register."""

from yuanzhi.accounts.access import ALL, OWN, Verb, roles
from yuanzhi.accounts.roles import GRID_STAFF, STAFF, Role

SEE_PLACES = Verb(
    "registry.place.view",
    "查看园区、楼宇、网格与地图",
    roles(ALL, STAFF, Role.VIEWER, Role.CAPTAIN, Role.OPERATOR, Role.PROPERTY, Role.PARTNER, Role.DEPARTMENT),
)
EDIT_PLACES = Verb("registry.place.edit", "维护园区、楼宇、房间", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
SEE_ENTERPRISE = Verb(
    "registry.enterprise.view",
    "查看企业",
    {
        **roles(ALL, STAFF, Role.VIEWER),
        **roles(OWN, Role.CAPTAIN, Role.OPERATOR, Role.PROPERTY, Role.CONTACT, Role.EMPLOYEE),
    },
)
EDIT_ENTERPRISE = Verb(
    "registry.enterprise.edit",
    "登记与更正企业信息",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER), **roles(OWN, GRID_STAFF)},
)
SEE_CONTACTS = Verb(
    "registry.contact.view",
    "查看联系人（号码遮盖）",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER, GRID_STAFF), **roles(OWN, Role.CONTACT)},
)
REVEAL_PHONE = Verb(
    "registry.contact.reveal",
    "显示完整号码（留痕）",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER), **roles(OWN, GRID_STAFF, Role.CONTACT)},
)
EDIT_CONTACTS = Verb(
    "registry.contact.edit",
    "维护联系人",
    {**roles(ALL, Role.LEAD, Role.DESK_OFFICER), **roles(OWN, GRID_STAFF, Role.CONTACT)},
)
SEE_TIMELINE = Verb("registry.timeline.view", "查看企业的办理经过", roles(ALL, STAFF, Role.VIEWER))
IMPORT = Verb("registry.import", "导入、撤销导入", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
EXPORT = Verb("registry.export", "导出名单（说明用途、带水印）", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
MERGE = Verb("registry.enterprise.merge", "合并重复企业", roles(ALL, Role.LEAD, Role.DESK_OFFICER))
STAFF_GRID = Verb("registry.grid.staff", "安排网格与园区长", roles(ALL, Role.LEAD))
DISTRICT = Verb("registry.districting", "划分网格", roles(ALL, Role.LEAD))
SETTINGS = Verb("registry.settings", "社区设置", roles(ALL, Role.LEAD, Role.SYSTEM_ADMIN))
PUBLISH_CALENDAR = Verb(
    "registry.calendar.publish",
    "载入放假安排（全站共用；有几个社区时只有系统管理员）",
    roles(ALL, Role.LEAD, Role.SYSTEM_ADMIN),
)
