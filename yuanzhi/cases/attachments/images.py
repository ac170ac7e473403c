"""Pictures, drawn anew: upright, without EXIF, colour profiles, comments or anything behind the picture."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from .kinds import JPEG, PNG, WEBP, BadFile, Kind

MOST_PIXELS = 50_000_000  # a bomb declares more; the largest phones take 50 million
LONGEST_SIDE = 2560  # enough to read a contract on
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_BOMB = f"像素太多了，最多 {MOST_PIXELS // 10_000:,} 万：请缩小或截一部分再传"
_BROKEN = "这张图打不开，可能没传完整：请重新截图或重拍一张"


def read_image(data: bytes, kind: Kind) -> bytes:
    """The same picture and nothing else. Raises BadFile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=(_FORMATS[kind],))
            if picture.width * picture.height > MOST_PIXELS:
                raise BadFile(_BOMB)
            if kind is JPEG:
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # decodes small at once
            picture.load()
            return _drawn(ImageOps.exif_transpose(picture), kind)
    except BadFile:
        raise
    except Image.DecompressionBombError as error:
        raise BadFile(_BOMB) from error
    except (OSError, SyntaxError, ValueError, MemoryError) as error:
        raise BadFile(_BROKEN) from error


def _drawn(picture: Image.Image, kind: Kind) -> bytes:
    if kind is JPEG:
        picture = picture.convert("RGB")
    elif picture.mode not in ("RGB", "RGBA", "L", "LA"):
        picture = picture.convert("RGBA" if "transparency" in picture.info or "A" in picture.mode else "RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Only the pixels go on: Pillow would otherwise write what it read beside them.
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    if kind is PNG:
        bare.save(out, "PNG", optimize=False)
    else:
        bare.save(out, _FORMATS[kind], quality=85)
    return out.getvalue()


def small(data: bytes, side: int = 240) -> bytes:
    """A small JPEG of a picture that `read_image` drew."""
    opened = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    opened.draft("RGB", (side, side))
    picture: Image.Image = opened
    if picture.mode in ("RGBA", "LA"):
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    picture = picture.convert("RGB")
    picture.thumbnail((side, side))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
