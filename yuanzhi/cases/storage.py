"""Attachments on disk, below MEDIA_ROOT, under the digest of their bytes: the same bytes lie there once.

The file is there before its row (a row without a file would be a hole); what was written for a row that never
came is swept a day later.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

FOLDER = "attachments"
_DAY = 24 * 3600
_GONE = ".gone"
_DRAFT = ".draft"


def put(community_id: int, sha256: str, data: bytes) -> str:
    """Keep these bytes; returns the name below MEDIA_ROOT. Safe against a kill at any point."""
    name = f"{FOLDER}/{community_id}/{sha256[:2]}/{sha256}"
    target = Path(settings.MEDIA_ROOT) / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.utime(target)  # young again: the sweeper leaves it alone
        return name
    except FileNotFoundError:
        pass
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}{_DRAFT}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return name


def path_of(stored: str) -> Path:
    """Where it lies. Raises FileNotFoundError for a name that leads out of the folder."""
    root = (Path(settings.MEDIA_ROOT) / FOLDER).resolve()
    path = (Path(settings.MEDIA_ROOT) / stored).resolve()
    if root not in path.parents:
        raise FileNotFoundError(stored)
    return path


def old_files(age: float = _DAY) -> Iterator[tuple[str, Path]]:
    """(name below MEDIA_ROOT, path) of files not touched for so many seconds, drafts left over included."""
    root = Path(settings.MEDIA_ROOT)
    limit = time.time() - age
    for folder, _, files in os.walk(root / FOLDER):
        for file in files:
            path = Path(folder) / file
            try:
                if path.stat().st_mtime < limit or path.suffix == _GONE:
                    yield str(path.relative_to(root)), path
            except FileNotFoundError:
                continue


def left_half_gone(path: Path) -> Path | None:
    """Where a file belongs whose removal was cut off in the middle; None for any other."""
    return path.with_suffix("") if path.suffix == _GONE else None


def take_away(path: Path, age: float = _DAY) -> bool:
    """Delete a file nobody has asked for. One that `put` touched at this very moment stays."""
    gone = path.with_name(path.name + _GONE)
    try:
        os.replace(path, gone)
    except FileNotFoundError:
        return False
    # `put` either touched the file before it was moved (seen here) or found it missing and wrote it anew.
    if gone.stat().st_mtime > time.time() - age:
        os.replace(gone, path)
        return False
    gone.unlink(missing_ok=True)
    return True
