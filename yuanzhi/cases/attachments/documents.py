"""Documents: kept as they are, or refused where they could do something when opened.

Nothing is unpacked but the few small parts that are looked at, each with a bound.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from itertools import pairwise

from .kinds import CSV, BadFile, Kind

MB = 1024 * 1024
_AGAIN = "请重新另存一份再传"

# -- PDF -------------------------------------------------------------------------------------------------

_ACTS = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|GoToE|SubmitForm|ImportData)(?![A-Za-z])"
)
_NAME_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_MARKUP = re.compile(rb"<\s*(script|html|svg|iframe|body|!doctype)", re.IGNORECASE)
_STREAM = re.compile(rb"/ObjStm[\s\S]{0,400}?stream\r?\n")
_STREAMS = 300
_UNPACKED = 4 * MB


def read_pdf(data: bytes) -> bytes:
    """A whole PDF that holds no program, no other file, and is no other kind of file at the same time."""
    end = data.rfind(b"%%EOF")
    if end < 0 or not re.match(rb"%PDF-[12]\.\d", data):
        raise BadFile(f"这份 PDF 不完整，可能没传完：{_AGAIN}")
    if data[end + 5 :].strip(b"\x00 \t\r\n\f"):
        raise BadFile(f"结尾后面还藏着别的内容，不是正常的 PDF：{_AGAIN}")
    if b"PK\x05\x06" in data[-66_000:] or _MARKUP.search(data):
        raise BadFile(f"里面混着网页或压缩包，不是正常的 PDF：{_AGAIN}")
    if _acts(data) or any(_acts(part) for part in _object_streams(data)):
        raise BadFile("里面带着会自动运行的内容：请用“打印成 PDF”重新存一份")
    return data


def _acts(data: bytes) -> bool:
    return bool(_ACTS.search(_NAME_HEX.sub(lambda found: bytes([int(found[1], 16)]), data)))


def _object_streams(data: bytes) -> list[bytes]:
    """Objects that a PDF keeps compressed, the first MBs of each."""
    found, left = [], _UNPACKED
    for match in list(_STREAM.finditer(data))[:_STREAMS]:
        try:
            part = zlib.decompressobj().decompress(data[match.end() :], left)
        except zlib.error:
            continue
        found.append(part)
        left -= len(part)
        if left <= 0:
            raise BadFile("压缩得太厉害，不像正常的 PDF：请用“打印成 PDF”重新存一份")
    return found


# -- Office ----------------------------------------------------------------------------------------------

_ENTRIES = 3_000
_WHOLE = 200 * MB  # what all parts may claim to unpack to
_RATIO = 120  # of a part above a MB; real ones stay under 60
_PEEK = 2 * MB
_MACROS = re.compile(
    r"vbaproject|vbadata|\.bin$|activex|macrosheets|\.(exe|dll|js|vbs|hta|lnk|bat|cmd|ps1)$", re.I
)
_OUTSIDE = re.compile(
    rb"(attachedTemplate|oleObject|/frame|subDocument|externalLinkPath|afChunk)[^>]{0,400}?TargetMode\s*=\s*[\"']External"
    rb"|TargetMode\s*=\s*[\"']External[\"'][^>]{0,400}?(attachedTemplate|oleObject|subDocument|afChunk)",
    re.IGNORECASE,
)


def read_office(data: bytes) -> bytes:
    """A .docx, .xlsx or .pptx without macros, embedded programs, templates from elsewhere, or bombs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_frame(archive, data)
            names = {info.filename for info in archive.infolist()}
            if "[Content_Types].xml" not in names:
                raise BadFile(f"不是完整的 Office 文件：{_AGAIN}")
            # What a printer was set to is kept as .bin, too, and harmless.
            if any(_MACROS.search(name) for name in names if "printersettings" not in name.lower()):
                raise BadFile("带着宏或嵌入的程序：请另存为不含宏的格式再传")
            _look_inside(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise BadFile(f"打不开，可能没传完整：{_AGAIN}") from error
    return data


def _check_frame(archive: zipfile.ZipFile, data: bytes) -> None:
    """Sizes and places as the directory states them, before anything is unpacked."""
    entries = archive.infolist()
    first = min((info.header_offset for info in entries), default=0)
    if first or not data.startswith(b"PK\x03\x04") or data.rfind(b"PK\x05\x06") + 22 != len(data):
        raise BadFile(f"前后夹着别的内容，不是正常的 Office 文件：{_AGAIN}")
    if len(entries) > _ENTRIES or sum(info.file_size for info in entries) > _WHOLE:
        raise BadFile("解开以后大得不正常，没有收：请删去大图，另存一份再传")
    starts: list[tuple[int, int]] = []
    for info in entries:
        name = info.filename
        if info.flag_bits & 0x1:
            raise BadFile("加了密码：请去掉密码再传")
        if name.startswith("/") or ".." in name.split("/") or "\\" in name or "\x00" in info.orig_filename:
            raise BadFile(f"里面的文件名不正常：{_AGAIN}")
        if info.file_size > MB and info.file_size > _RATIO * max(info.compress_size, 1):
            raise BadFile("压缩得太厉害，像是压缩炸弹，没有收：请另存一份再传")
        starts.append((info.header_offset, info.header_offset + info.compress_size))
    starts.sort()
    # Parts that share their bytes unpack to many times the file.
    shared = any(left[1] > right[0] for left, right in pairwise(starts))
    if shared or len({info.filename for info in entries}) != len(entries):
        raise BadFile("里面的内容互相重叠，像是压缩炸弹，没有收：请另存一份再传")


def _look_inside(archive: zipfile.ZipFile) -> None:
    for info in archive.infolist():
        if info.filename == "[Content_Types].xml" or info.filename.endswith(".rels"):
            with archive.open(info) as part:
                text = part.read(_PEEK + 1)
            if len(text) > _PEEK:
                raise BadFile("压缩得太厉害，像是压缩炸弹，没有收：请另存一份再传")
            if b"macroEnabled" in text or b"<!ENTITY" in text or b"<!DOCTYPE" in text:
                raise BadFile("带着宏或不该有的声明：请另存为不含宏的格式再传")
            if _OUTSIDE.search(text):
                raise BadFile("打开时会去别处取内容：请另存为 PDF 再传")


# -- text ------------------------------------------------------------------------------------------------

_FORMULA = re.compile(r'(?:^|[,\t;\n\r"])\s*(?:=|@|[+\-](?=[A-Za-z(]))', re.MULTILINE)


def read_text(data: bytes, kind: Kind) -> bytes:
    """Text as UTF-8. A table whose cells begin like formulas is refused: a spreadsheet would run them."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
    if kind is CSV and _FORMULA.search(text):
        raise BadFile("里面有公式：请在 Excel 里另存为 .xlsx 再传")
    # With its mark a Chinese table opens rightly in Excel.
    return text.encode("utf-8-sig" if kind is CSV else "utf-8")
