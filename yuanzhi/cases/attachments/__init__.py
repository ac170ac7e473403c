"""What may be handed in as a file, and what of it is kept. Pure: bytes in, bytes out; no Django, no disk.

    examine("报告.pdf", data)   → Examined(name, mime, data, sha256 …) or BadFile("一句话")

What a file is, its content says, never its name. Pictures are drawn anew, so that nothing but the picture
(no place, no phone's serial number, no second file behind it) is kept. Documents that can act when opened
are refused. A browser is never asked to show anything but the redrawn pictures.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from .documents import read_office, read_pdf, read_text
from .images import read_image, small
from .kinds import BadFile, Kind, Limits, kind_of, looks_like
from .names import clean_name

MB = 1024 * 1024
DESK = Limits(size=10 * MB, count=20)  # people with an account
DOOR = Limits(size=8 * MB, count=3)  # whoever scans the code at the door, or holds a link
ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.pptx,.txt,.csv"


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: its name made harmless, its kind by content, its bytes as they are kept."""

    name: str
    mime: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def examine(name: str, data: bytes, limits: Limits = DESK) -> Examined:
    """Look at one file. Raises BadFile with a sentence that names the file."""
    shown = clean_name(name)
    try:
        if not data:
            raise BadFile("是空的：请打开原文件看看，另存一次再传")
        if len(data) > limits.size:
            raise BadFile(
                f"有 {len(data) / MB:.1f} MB，最多 {limits.size // MB} MB：照片截一下图，文件拆开传"
            )
        kind = kind_of(data, name)
        if kind is None:
            raise BadFile(looks_like(data, name))
        return Examined(clean_name(name, kind), kind.mime, _read(kind, data))
    except BadFile as bad:
        raise BadFile(f"“{shown}”{bad}") from bad


def _read(kind: Kind, data: bytes) -> bytes:
    if kind.reader == "image":
        return read_image(data, kind)
    if kind.reader == "pdf":
        return read_pdf(data)
    if kind.reader == "office":
        return read_office(data)
    return read_text(data, kind)


def is_picture(mime: str) -> bool:
    """Whether it is one of the redrawn pictures: the only files a browser may show by itself."""
    return mime in {"image/jpeg", "image/png", "image/webp"}


__all__ = [
    "ACCEPT",
    "DESK",
    "DOOR",
    "BadFile",
    "Examined",
    "Limits",
    "clean_name",
    "examine",
    "is_picture",
    "small",
]
