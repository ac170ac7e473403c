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
    "factor.codes_renewed": "重新生成恢复码",
    "role.granted": "授予身份",
    "role.ended": "结束身份",
    "history.verified": "核验操作历史",
}


def add(names: dict[str, str]) -> None:
    """Name history verbs: {"enterprise.moved_in": "入驻"}."""
    _NAMES.update(names)


def name_of(verb: str) -> str:
    """The verb in Chinese; an unnamed one answers with its code."""
    return _NAMES.get(verb, verb)


def known() -> dict[str, str]:
    """All named verbs, by code."""
    return dict(sorted(_NAMES.items()))
