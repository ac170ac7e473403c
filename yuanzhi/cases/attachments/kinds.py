"""The kinds of file that are taken, and how each is known by its content."""

from __future__ import annotations

import codecs
import io
import zipfile
from dataclasses import dataclass

import puremagic


class BadFile(Exception):
    """A file that isn't taken: a Chinese sentence with what to do instead."""


@dataclass(frozen=True)
class Limits:
    """How large one file may be (bytes), and how many a case may have (or one sending, at the door)."""

    size: int
    count: int


@dataclass(frozen=True)
class Kind:
    """A kind of file: its type, the endings it may have (the first is given where another stood)."""

    mime: str
    endings: tuple[str, ...]
    reader: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"), "image")
PNG = Kind("image/png", (".png",), "image")
WEBP = Kind("image/webp", (".webp",), "image")
PDF = Kind("application/pdf", (".pdf",), "pdf")
DOCX = Kind(f"{_OFFICE}.wordprocessingml.document", (".docx",), "office")
XLSX = Kind(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), "office")
PPTX = Kind(f"{_OFFICE}.presentationml.presentation", (".pptx",), "office")
TXT = Kind("text/plain", (".txt",), "text")
CSV = Kind("text/csv", (".csv",), "text")

# The part that says what an office file is.
MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}

# What people try besides, by how it begins: a sentence each, with the way out.
_KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "是老格式的 Office 或 WPS 文件：请另存为 .docx、.xlsx 或 .pptx 再传"),
    (b"MZ", "是一个程序，不能收"),
    (b"\x7fELF", "是一个程序，不能收"),
    (b"#!", "是一个脚本，不能收"),
    (b"Rar!", "是压缩包：请解压以后，把里面的文件分别传上来"),
    (b"7z\xbc\xaf", "是压缩包：请解压以后，把里面的文件分别传上来"),
    (b"\x1f\x8b", "是压缩包：请解压以后，把里面的文件分别传上来"),
    (b"GIF8", "是动图：请截一张图传上来"),
    (b"BM", "是 BMP 图片：请另存为 JPG 或 PNG 再传"),
    (b"II*\x00", "是 TIFF 图片：请另存为 JPG 或 PDF 再传"),
    (b"MM\x00*", "是 TIFF 图片：请另存为 JPG 或 PDF 再传"),
)
_HEIC = {b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"}
_SOUND = "是音频或视频，现在还收不了：请把要紧的话写下来，或截几张图"


def kind_of(data: bytes, name: str) -> Kind | None:
    """What the content is, among what is taken. The name only tells a table from a text."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data)
    if is_text(data) and not _is_markup(data) and not data.startswith(b"#!"):
        return CSV if name.lower().rstrip().endswith(".csv") else TXT
    return None


def _office_kind(data: bytes) -> Kind | None:
    """By the names in the directory at its end; what is in it is looked at later."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        if b"[Content_Types].xml" in data:
            raise BadFile("打不开，可能没传完整：请重新另存一份再传") from error
        return None
    return next((kind for part, kind in MAIN_PARTS.items() if part in names), None)


def is_text(data: bytes) -> bool:
    """Whether it reads as text: no control signs but those of lines and tabs, no half characters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _decoded(data, "utf-16")
    else:
        text = _decoded(data, "utf-8-sig") or _decoded(data, "gb18030")
    return bool(text) and not any(sign < " " and sign not in "\t\r\n\f" for sign in text)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _is_markup(data: bytes) -> bool:
    """Text that a browser could take for a page: html, svg, xml, whatever stands before it."""
    head = data[:4096].replace(b"\x00", b"").lower()
    begins = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\f")
    signs = (b"<!doctype", b"<html", b"<svg", b"<script", b"<iframe", b"<body", b"<head", b"<?xml", b"<!--")
    return begins.startswith(b"<") or any(sign in head for sign in signs)


def looks_like(data: bytes, name: str) -> str:
    """Why it isn't taken, by what it seems to be."""
    for begin, sentence in _KNOWN:
        if data.startswith(begin):
            return sentence
    if data[4:8] == b"ftyp":
        if data[8:12] in _HEIC:
            return "是 HEIC 照片：请在手机“设置—相机—格式”里选“兼容性最佳”，或截一张图传上来"
        return _SOUND
    if data.startswith(b"PK"):
        return "是压缩包：请解压以后，把里面的文件分别传上来"
    if b"%PDF-" in data[:1024]:
        return "开头混着别的内容，不是正常的 PDF：请重新导出一份"
    if is_text(data) and _is_markup(data):
        return "是网页或 SVG，里面可以藏脚本，不能收：请截图或另存为 PDF"
    return _by_magic(data, name)


def _by_magic(data: bytes, name: str) -> str:
    """What puremagic makes of it: only to say something more helpful than no."""
    taken = "可以传照片（JPG、PNG）、PDF、Word、Excel、PPT 和纯文本"
    try:
        found = puremagic.magic_string(data[:8192])
    except (puremagic.PureError, ValueError):
        return f"看不出是什么文件：{taken}"
    mime = next((match.mime_type for match in found if match.mime_type), "")
    if mime.startswith(("audio/", "video/")):
        return _SOUND
    return f"这种文件收不了：{taken}"
