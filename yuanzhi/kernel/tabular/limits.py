"""How much of a file is taken, and reading that never takes more."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .findings import TableError

MB = 1 << 20

# What zipfile raises on damaged or unusual archives.
ZIP_TROUBLE = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, EOFError, OSError)


@dataclass(frozen=True)
class Limits:
    """Bytes, counts and ratios beyond which a file is refused before it can hurt."""

    file: int = 64 * MB  # the one limit of uploads: all that takes a file in or gives it back goes by it
    unpacked: int = 800 * MB
    ratio: int = 200  # unpacked : packed of one entry; sheets of real registers reach 10 to 60
    ratio_from: int = 10 * MB  # smaller entries may be as regular as they like
    entries: int = 2_000
    columns: int = 500
    strings: int = 200 * MB  # the shared strings of a workbook stay in memory while it is read
    fast: int = 150 * MB  # a sheet that would take more is read slower, in constant memory

    def check_file(self, size: int) -> None:
        if size == 0:
            raise TableError("这个文件是空的（0 字节），可能没有保存好。请打开原文件，另存一次再上传。")
        if size > self.file:
            raise TableError(
                f"文件有 {size / MB:.0f} MB，超过了 {self.file / MB:.0f} MB 的上限。"
                "请删去图片和多余的工作表，或者按园区拆成几个文件分别上传。"
            )


def _bomb(name: str) -> TableError:
    return TableError(
        f"文件里的「{name}」解压后大得不正常，为了安全没有打开。"
        "请用 Excel 或 WPS 把数据复制到一个新的工作簿，另存为 .xlsx 再上传。"
    )


class Unpacker:
    """Reads zip entries chunk by chunk, counting what really comes out: headers may lie about sizes."""

    CHUNK = MB

    def __init__(self, archive: zipfile.ZipFile, limits: Limits):
        self.archive = archive
        self.limits = limits
        self._check_directory()

    def _check_directory(self) -> None:
        infos = self.archive.infolist()
        if len(infos) > self.limits.entries or sum(info.file_size for info in infos) > self.limits.unpacked:
            raise _bomb(self.archive.filename or "压缩包")
        names = {info.filename for info in infos}
        if len(names) != len(infos):
            raise TableError(
                "文件内部有重名的部分，可能已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
            )
        for info in infos:
            if info.flag_bits & 0x1:
                raise TableError("这个文件加了密码，读不了。请在 Excel 或 WPS 里取消密码，保存后再上传。")
            self._check_ratio(info, info.file_size)

    def _check_ratio(self, info: zipfile.ZipInfo, size: int) -> None:
        if size > self.limits.ratio_from and size > self.limits.ratio * max(info.compress_size, 1):
            raise _bomb(info.filename)

    def chunks(self, name: str, size: int | None = None) -> Iterator[bytes]:
        """The entry's bytes in pieces; raises TableError beyond the limits or when the entry is damaged."""
        info = self.archive.getinfo(name)
        # zipfile stops at the declared size while other readers go on, so the declared size is not believed.
        info.file_size = 1 << 40
        total = 0
        try:
            with self.archive.open(info) as stream:
                while chunk := stream.read(size or self.CHUNK):
                    total += len(chunk)
                    if total > self.limits.unpacked:
                        raise _bomb(name)
                    self._check_ratio(info, total)
                    yield chunk
        except ZIP_TROUBLE as error:
            raise TableError(
                "文件损坏，没法完整解压（可能是下载或拷贝中断了）。请重新取一份原文件再上传。"
            ) from error

    def whole(self, name: str, most: int) -> bytes:
        """A small entry as one piece of at most `most` bytes."""
        parts, total = [], 0
        for chunk in self.chunks(name):
            total += len(chunk)
            if total > most:
                raise _bomb(name)
            parts.append(chunk)
        return b"".join(parts)

    def measure(self, known: dict[str, int]) -> int:
        """Unpack all but the `known` entries (name → true size) once, keep nothing; the whole true size.

        Raises TableError beyond the limits.
        """
        total = sum(known.values())
        for info in self.archive.infolist():
            if info.filename in known:
                continue
            for chunk in self.chunks(info.filename):
                total += len(chunk)
                if total > self.limits.unpacked:
                    raise _bomb(info.filename)
        return total


class BoundedGzip:
    """A gzip stream as raw bytes, refused when it unpacks beyond the limits."""

    def __init__(self, source: BinaryIO, packed: int, limits: Limits):
        self._stream = gzip.GzipFile(fileobj=source)
        self._limits = limits
        self._packed = packed
        self._total = 0

    def read(self, size: int) -> bytes:
        try:
            chunk = self._stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise TableError(
                "这个 .gz 压缩文件损坏或没有传完整，解压不了。请重新压缩一次，或者直接上传解压后的文件。"
            ) from error
        self._total += len(chunk)
        over_ratio = self._total > max(self._limits.ratio_from, self._limits.ratio * self._packed)
        if over_ratio or self._total > self._limits.unpacked:
            raise _bomb("压缩包")
        return chunk
