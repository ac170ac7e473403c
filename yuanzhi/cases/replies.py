"""Replies with blanks: {称呼}您好，{编号} … {承诺时间} 前给您回音. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

BLANKS = ("企业", "称呼", "编号", "承诺时间", "经办", "链接")
_BLANK = re.compile(r"[{｛]\s*([^{}｛｝\s]{1,12})\s*[}｝]")

# Three to begin with: (name, text).
STARTER_REPLIES: tuple[tuple[str, str], ...] = (
    ("收到了", "{称呼}您好，您说的事收到了，编号 {编号}，{承诺时间}前给您回音。"),
    ("请补充材料", "{称呼}您好，{编号} 还差一份材料，拍照发来就行。补齐以后接着办，不用再跑一趟。"),
    ("办好了，请评价", "{称呼}您好，{编号} 办好了。请点开这个链接说一句解决没有：{链接}"),
)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled; one without a value stays as it is, for a person to see."""
    return _BLANK.sub(lambda found: values.get(found[1]) or found[0], text)


def unknown_blanks(text: str) -> list[str]:
    """Blanks that nothing fills."""
    return [found for found in dict.fromkeys(_BLANK.findall(text)) if found not in BLANKS]
