"""What kind of device a browser says it is, in words. Pure."""

from __future__ import annotations

# The more particular first: Edge and WeChat call themselves Chrome as well, Chrome calls itself Safari.
_BROWSERS = (
    ("wxwork/", "企业微信"),
    ("micromessenger/", "微信"),
    ("dingtalk/", "钉钉"),
    ("edg/", "Edge"),
    ("edga/", "Edge"),
    ("qqbrowser/", "QQ 浏览器"),
    ("ucbrowser/", "UC 浏览器"),
    ("firefox/", "火狐"),
    ("fxios/", "火狐"),
    ("crios/", "Chrome"),
    ("chrome/", "Chrome"),
    ("safari/", "Safari"),
    ("curl/", "命令行"),
    ("python", "命令行"),
)
_SYSTEMS = (
    ("harmonyos", "鸿蒙手机"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "安卓手机"),
    ("windows", "Windows 电脑"),
    ("mac os", "Mac 电脑"),
    ("linux", "Linux 电脑"),
)


def device(user_agent: str) -> str:
    """Words such as "Chrome · Windows 电脑" from a User-Agent header; "不认识的设备" when it says nothing."""
    text = user_agent.lower()
    browser = next((name for mark, name in _BROWSERS if mark in text), "")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return " · ".join(part for part in (browser, system) if part) or "不认识的设备"


def is_phone(user_agent: str) -> bool:
    """Whether it says to be a phone (for the icon)."""
    text = user_agent.lower()
    return any(mark in text for mark in ("iphone", "android", "harmonyos"))
