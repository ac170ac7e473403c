"""Understanding a pasted chat message: who spoke, what was said, what numbers and names stand in it. Pure.

WeChat on a computer copies several messages as "张三 11:32" (or with the date) over the words; on a phone as
"张三:" over them; forwarded ones begin with a line of dashes and the day. 企业微信, 钉钉 and QQ do much the
same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .needs import numbers_in

MOST = 8000
_WEEKDAY = "昨天|今天|前天|(?:星期|周)[一二三四五六日天]"
_DAY = rf"(?:(?:\d{{4}}\s*[-/年.]\s*)?\d{{1,2}}\s*[-/月.]\s*\d{{1,2}}\s*日?|{_WEEKDAY})"
_CLOCK = r"(?:上午|中午|下午|晚上|凌晨|早上)?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
_WHEN = rf"(?:{_DAY}\s*)?{_CLOCK}|{_DAY}"
_HEAD = re.compile(
    rf"^\s*(?P<who>[^\s:：，。,；;]{{1,30}}?(?:\s?[（(][^）)]{{1,24}}[）)])?)\s+(?:{_WHEN})\s*[:：]?\s*$"
)
_HEAD_BACKWARDS = re.compile(rf"^\s*(?:{_WHEN})\s+(?P<who>[^\s:：，。]{{1,30}})\s*[:：]?\s*$")
_HEAD_COLON = re.compile(r"^\s*(?P<who>[^\s:：，。！？,.!?；;\d][^\s:：，。！？,.!?；;]{0,15})\s*[:：]\s*$")
_INLINE = re.compile(r"^\s*(?P<who>[^\s:：，。！？,.!?；;\d]{2,12})\s*[:：]\s*(?P<said>\S.*)$")
_NOISE = re.compile(
    rf"^\s*(?:[-—─=]{{3,}}.*|(?:{_WHEN})|\[(?:图片|语音|视频|动画表情|表情|位置|聊天记录)\]|以上是.{{0,6}}聊天记录.*)\s*$"
)
_MENTION = re.compile(r"^@\S+[\s\u2005]+")
_LABEL = re.compile(r"[（(]([^）)]{2,24})[）)]")
# What stands before a colon without being anybody's name.
_WORDS_OF_FORMS = """地址 电话 手机 时间 日期 联系人 联系电话 姓名 公司 企业 内容 备注 地点 问题 诉求 需求
事由 附件 说明 金额 注意 另外 补充 请问 位置 情况 原因 结果 标题"""
_NOT_NAMES = frozenset(_WORDS_OF_FORMS.split())


@dataclass(frozen=True)
class Said:
    """One message."""

    who: str
    text: str


@dataclass(frozen=True)
class Message:
    """What was pasted, understood. `speaker` is the first who isn't the one who pastes."""

    words: str
    speaker: str = ""
    label: str = ""  # what stands in brackets behind the name: 张三（云图数视）
    phones: tuple[str, ...] = ()
    is_chat: bool = False


def read_message(text: str, me: str = "") -> Message:
    """Understand a paste. `me`: the name of who pastes, who is not the one with the need."""
    lines = text[:MOST].replace("\r\n", "\n").replace("\u2005", " ").split("\n")
    said = _messages(lines)
    if said is None:
        whole = text.strip()
        return Message(whole, phones=tuple(numbers_in(whole)))
    others = [part for part in said if bare(part.who) != me] or said
    first = others[0].who
    names = {bare(part.who) for part in said}
    if len(names) == 1:
        words = "\n".join(part.text for part in said if part.text)
    else:
        words = "\n".join(f"{bare(part.who)}：{part.text}" for part in said if part.text)
    found = _LABEL.search(first)
    phones = tuple(numbers_in("\n".join(part.text for part in others)))
    return Message(words.strip(), bare(first)[:40], found[1] if found else _tail(first), phones, True)


def _messages(lines: list[str]) -> list[Said] | None:
    """The messages of a chat, or None when it is plain text."""
    found: list[tuple[str, list[str]]] = []
    before: list[str] = []
    for number, line in enumerate(lines):
        who = _head(line, lines[number + 1] if number + 1 < len(lines) else "")
        if who is not None:
            found.append((who, []))
        elif _NOISE.match(line):
            continue
        elif found:
            found[-1][1].append(_MENTION.sub("", line))
        elif line.strip():
            before.append(line.strip())
    if not found:
        return _inline(lines)
    said = [Said(who, "\n".join(part).strip()) for who, part in found]
    if not any(part.text for part in said):
        return None
    if before:  # words above the first name belong to it
        said[0] = Said(said[0].who, "\n".join([*before, said[0].text]).strip())
    return said


def _head(line: str, below: str) -> str | None:
    for pattern in (_HEAD, _HEAD_BACKWARDS):
        if (found := pattern.match(line)) and _may_be_name(found["who"]):
            return found["who"]
    if (found := _HEAD_COLON.match(line)) and below.strip() and _may_be_name(found["who"]):
        return found["who"]
    return None


def _inline(lines: list[str]) -> list[Said] | None:
    """ "张三：明天来一趟" on one line, where every line is like that and the name is no word of a form."""
    full = [line for line in lines if line.strip()]
    found = [_INLINE.match(line) for line in full]
    if not full or not all(found):
        return None
    said = [Said(match["who"], match["said"].strip()) for match in found if match]
    return said if all(_may_be_name(part.who) for part in said) else None


def _may_be_name(text: str) -> bool:
    return bare(text) not in _NOT_NAMES and not text.isdigit()


def bare(who: str) -> str:
    """The name without what stands behind it: "张三（云图数视）", "张三-云图数视" → 张三."""
    name = re.sub(r"\s*[（(].*$", "", who).strip()
    return re.split(r"[-—_|｜/@]", name, maxsplit=1)[0].strip() or name


def _tail(who: str) -> str:
    parts = re.split(r"[-—_|｜/@]", who, maxsplit=1)
    return parts[1].strip() if len(parts) == 2 else ""


# -- names of enterprises in a text ------------------------------------------------------------------------

_FULL = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9（）()]{2,40}?(?:有限公司|有限责任公司|股份公司|合伙企业(?:（有限合伙）)?|事务所)"
)
_RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z][A-Za-z0-9&\-]{1,}")
SHORTEST, LONGEST = 2, 8
MOST_PIECES = 900  # of one question to the database


def full_names(text: str) -> list[str]:
    """What ends like a registered name, the longest reading of each."""
    return list(dict.fromkeys(_FULL.findall(text)))


def pieces(text: str) -> list[str]:
    """Every run of two to eight Hanzi (or a word of letters) that could be a 字号, in the text's order."""
    found: dict[str, None] = {}
    for run in _RUN.findall(text):
        if run[0].isascii():
            found[run] = None
            continue
        for at in range(len(run)):
            for size in range(min(LONGEST, len(run) - at), SHORTEST - 1, -1):
                found[run[at : at + size]] = None
                if len(found) >= MOST_PIECES:
                    return list(found)
    return list(found)


_OWN_BEFORE = re.compile(r"(我们|我司|我是|这里是|这边是|公司|企业|叫|来自|是|【|“|\[|-)\s*$")
_OWN_AFTER = re.compile(r"^\s*(科技|公司|集团|企业|这边|这里|的|行政|人事|财务|园区|老|负责|办公|】|”|\]|$)")


def is_named(name: str, text: str) -> bool:
    """Whether a short name stands in the text as a name: 我们云图, 云图公司, 云图的. Three signs are enough
    by themselves; two may be part of any word."""
    if len(name) >= 3:
        return name in text
    for found in re.finditer(re.escape(name), text):
        if _OWN_BEFORE.search(text[: found.start()][-6:]) or _OWN_AFTER.match(text[found.end() :][:6]):
            return True
    return False
