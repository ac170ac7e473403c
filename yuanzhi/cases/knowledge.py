"""Answered questions: what may be published, and which of them answers what somebody says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .similar import pairs

_PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")
# The hundred commonest surnames (公安部 2020 年全国姓名报告) before what people are called by.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_PERSON = re.compile(
    f"[{_SURNAMES}](?:先生|女士|小姐|经理|老师|律师|会计"
    "|总(?![经部是共的体监计])|工(?![作程人业资商会地厂伤]))"
)
# Said in every question; they tell nothing apart.
_EMPTY = frozenset(
    {
        "怎么",
        "么办",
        "请问",
        "我们",
        "公司",
        "企业",
        "什么",
        "可以",
        "能不",
        "不能",
        "如何",
        "需要",
        "是不",
        "不是",
    }
)


def reveals(text: str, names: Iterable[str]) -> str:
    """Why this text must not be published as it is, as a sentence; empty when it names nobody.

    `names`: of the enterprise and the people of the case it came from.
    """
    for name in names:
        if len(name) >= 2 and name in text:
            return f"里面还有“{name}”：公开的回答不能认出是哪家、是谁，请改成“一家企业”“经办人”"
    if found := _PHONE.search(text):
        return f"里面有电话 {found.group()[:3]}****：请去掉，要留就留社区的公开电话（写在社区设置里）"
    if _CODE.search(text):
        return "里面有统一社会信用代码：请去掉"
    if found := _PERSON.search(text):
        return f"里面有“{found.group()}”这样的称呼：请改成“专家”“经办人”"
    return ""


def grams(text: str) -> set[str]:
    """The pairs by which like cases are known, without those of every question."""
    return set(pairs(text)) - _EMPTY


@dataclass(frozen=True)
class Asked:
    """A published question as the ranking sees it."""

    pk: int
    question: str
    words: str
    item_id: int | None
    helped: int


def rank(said: str, asked: Iterable[Asked], *, item_id: int | None = None, limit: int = 3) -> list[int]:
    """Ids of the questions closest to what is said, best first; those with nothing in common are left out.

    A pair that few questions share weighs more; of equals the one that helped more often comes first.
    """
    wanted = grams(said)
    if not wanted:
        return []
    rows = [(row, grams(f"{row.question} {row.words}")) for row in asked]
    spread: dict[str, int] = {}
    for _, has in rows:
        for gram in wanted & has:
            spread[gram] = spread.get(gram, 0) + 1
    scored = []
    for row, has in rows:
        common = wanted & has
        if not common:
            continue
        score = sum(1 / spread[gram] ** 0.5 for gram in common) / (len(has) ** 0.5)
        if item_id and row.item_id == item_id:
            score *= 1.3
        scored.append((-round(score, 6), -row.helped, row.pk))
    enough = [entry for entry in sorted(scored) if -entry[0] >= ENOUGH]
    return [pk for _, _, pk in enough[:limit]]


ENOUGH = 0.3  # below this two questions share a word or two by chance
