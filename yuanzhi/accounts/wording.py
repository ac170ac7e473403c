"""History verbs in Chinese, for people who read the history. Each app adds its own in `ready()`."""

from __future__ import annotations

_NAMES: dict[str, str] = {
    "account.opened": "开设账号",
    "account.edited": "修改账号资料",
    "account.password_reset": "重置密码",
    "account.password_changed": "修改自己的密码",
    "account.deactivated": "停用账号",
    "account.reactivated": "恢复账号",
    "account.sessions_ended": "退出全部登录",
    "account.signed_in": "登录",
    "account.locked": "多次输错密码，暂停登录",
    "factor.added": "设置两步验证",
    "factor.removed": "取消两步验证",
    "factor.reset": "重置两步验证",
    "factor.recovered": "在命令行重置两步验证",
    "factor.codes_renewed": "重新生成恢复码",
    "role.granted": "授予身份",
    "role.ended": "结束身份",
    "history.verified": "核验操作历史",
}

# Kinds of rows and the names of facts as they stand in the history.
_KINDS = {
    "user": "账号",
    "community": "社区",
    "enterprise": "企业",
    "contact": "联系人",
    "case": "诉求",
    "grid": "网格",
    "park": "园区",
    "building": "楼宇",
    "desk": "窗口",
    "partner": "合伙人机构",
    "department": "部门",
}
_FACTS = {
    "name": "姓名",
    "username": "用户名",
    "phone": "手机",
    "role": "身份",
    "scope": "范围",
    "valid_from": "开始",
    "valid_to": "结束",
    "last_day": "最后一天",
    "device": "设备",
    "devices": "设备数",
    "said": "结果",
    "reason": "原因",
    "text": "内容",
    "title": "标题",
    "source": "来源",
    "note": "备注",
    "public": "企业看得到",
}
# What a fact's recorded codes mean: {"state": {"received": "待受理"}}.
_VALUES: dict[str, dict[str, str]] = {}


def add(
    names: dict[str, str],
    *,
    kinds: dict[str, str] | None = None,
    facts: dict[str, str] | None = None,
    values: dict[str, dict[str, str]] | None = None,
) -> None:
    """Name history verbs ({"enterprise.moved_in": "入驻"}), and if wanted kinds of rows, facts, and what the
    codes of a fact mean."""
    _NAMES.update(names)
    _KINDS.update(kinds or {})
    _FACTS.update(facts or {})
    for fact, meanings in (values or {}).items():
        _VALUES.setdefault(fact, {}).update(meanings)


def row_name(ref: str) -> str:
    """A row of the history in words: "enterprise:12" is 企业 12; an unnamed kind stays as it is."""
    kind, _, pk = ref.partition(":")
    return f"{_KINDS[kind]} {pk}".strip() if kind in _KINDS else ref


def fact_name(key: str) -> str:
    """What a recorded fact is called."""
    return _FACTS.get(key, key)


def value_name(fact: str, code: str) -> str:
    """What a fact's code means; whatever is no code stays as it is."""
    return _VALUES.get(fact, {}).get(code, code)


def name_of(verb: str) -> str:
    """The verb in Chinese; an unnamed one answers with its code."""
    return _NAMES.get(verb, verb)


def known() -> dict[str, str]:
    """All named verbs, by code."""
    return dict(sorted(_NAMES.items()))
