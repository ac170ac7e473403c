"""Enterprise names: one way of writing each, a key that finds the same one twice, and what looks wrong."""

from __future__ import annotations

import re
import unicodedata

from .reading import Reading, is_blank, quoted

LONGEST = 200
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_SPACE_AT_HANZI = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_TO_FULL = str.maketrans("()[]【】〔〕〈〉<>", "（）（）（）（）（）（）")
_KEY_NOISE = re.compile(r"[\s.,·•・‧。、，'\"“”‘’\-—_/&＆]+")
_KEY_HALF = str.maketrans("（）【】〔〕[]", "()()()()")
_PLAIN = re.compile("[\u4e00-\u9fff（）]+")
_COMMON = re.compile(
    "[\u4e00-\u9fffA-Za-z0-9]{3,50}(?:（[\u4e00-\u9fff]{1,20}）[\u4e00-\u9fff]{0,50})?(?:公司|合伙）)"
)
_MOJIBAKE = re.compile("�|锟斤拷|烫烫烫|鏉|娴欐睙|[\u00c0-\u00ff]{3,}")
# What a name of an organisation ends with or contains; a person's name contains none of it.
_ORGANISATION = re.compile(
    "公司|集团|企业|厂|店|社|所|院|部|中心|合伙|事务|商行|工作室|站|场|园|馆|银行|行$|会$|户|学校|超市|酒店|代表处|办事处|铺|坊|楼|城|队|处$|局$|库$"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤俞楼章鲁葛倪"
)


def normal_name(text: str) -> str:
    """The name as it is kept: full-width brackets, half-width letters and digits, no stray spaces."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text
    # Dropping a space may bring an accent to its letter, which composes anew: go on until nothing changes.
    while (name := _spelled(text)) != text:
        text = name
    return name


def _spelled(text: str) -> str:
    text = text.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    text = unicodedata.normalize("NFKC", _CONTROL.sub("", _INVISIBLE.sub("", text)))
    if any(sign > "\x7f" for sign in text):
        text = text.translate(_TO_FULL)
    return _SPACE_AT_HANZI.sub("", " ".join(text.split())).strip().rstrip("。，,;； ")


def name_key(text: str) -> str:
    """Equal for two writings of one name: without spaces, dots and dashes, brackets alike, letters small."""
    name = normal_name(text)
    if _PLAIN.fullmatch(name):
        return name.translate(_KEY_HALF)
    return _KEY_NOISE.sub("", name.translate(_KEY_HALF)).casefold()


def check_name(text: str) -> Reading:
    """Reading of the normal name. A blank gives neither value nor problem."""
    if _COMMON.fullmatch(text) and not _MOJIBAKE.search(text):
        return Reading(text)
    name = normal_name(text)
    if is_blank(name):
        return Reading()
    if _MOJIBAKE.search(name):
        return Reading(problem=f"{quoted(name)}是乱码。请用原文件另存为 .xlsx 再上传，或手工改正。")
    if len(name) > LONGEST:
        return Reading(
            problem=f"有 {len(name)} 个字，超过了 {LONGEST} 个字。请确认是不是把别的内容贴进来了。"
        )
    if not re.search(r"[^\W\d_]", name):
        return Reading(problem=f"{quoted(name)}里没有文字，不像企业名称。请对照营业执照填写全称。")
    if len(name) < 2:
        return Reading(problem=f"{quoted(name)}太短，不像企业名称。请对照营业执照填写全称。")
    return Reading(name, doubt=_doubt(text, name))


def _doubt(text: str, name: str) -> str:
    if len(name) <= 4 and name[0] in _SURNAMES and not _ORGANISATION.search(name):
        return f"{quoted(name)}像是人名。请确认填的是企业全称。"
    if len(name) < 6 and not _ORGANISATION.search(name):
        return f"{quoted(name)}像是简称。请确认填的是营业执照上的全称。"
    if _CONTROL.search(text):
        return "名称里夹着看不见的控制字符，已去掉，请核对。"
    if name.count("（") != name.count("）"):
        return "名称里的括号不成对，请核对。"
    return ""
