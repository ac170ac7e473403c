"""Names of files, made harmless: no way out of a folder, nothing invisible, nothing reversed."""

from __future__ import annotations

import re
import unicodedata

from .kinds import Kind

LONGEST = 100
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(name: str, kind: Kind | None = None) -> str:
    """The last part of a path, without control signs and signs that turn the direction of reading (they make
    "gpj.exe" out of "exe.jpg"); its ending is one of the kind's."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join(
        sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    )
    text = re.sub(r'[<>:"|?*]', "_", text).strip(" .")
    if _RESERVED.match(text):
        text = f"_{text}"
    stem, ending = text, ""
    if found := _ENDING.search(text):
        stem, ending = text[: found.start()], found.group()
    if kind is not None:
        # Every known ending goes: "发票.pdf.exe" with a picture in it becomes "发票.jpg".
        while stem and ending.lower() not in kind.endings and (found := _ENDING.search(stem)):
            stem, ending = stem[: found.start()], found.group()
        if ending.lower() not in kind.endings:
            ending = kind.endings[0]
    stem = stem.strip(" .") or "附件"
    return stem[: LONGEST - len(ending)].rstrip(" .") + ending.lower()
