"""A picture that somebody sends is never kept: it is looked at, and painted anew from its points alone.

So nothing of the file that was sent reaches anyone: no place, camera or date, no comment, no bytes behind the end.
Pure: bytes in, bytes out.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from PIL import ExifTags, Image, ImageOps

from forum import offload
from forum.errors import Refused
from forum.i18n import _

LARGEST_FILE = 8 * 1024 * 1024
MOST_PIXELS = 30_000_000
"""What a telephone makes; more could not be decoded without harm to everybody else."""
SIDE, SMALL_SIDE = 2560, 960
"""The longest side of a picture and of its small version, in points."""
CARD = (616, 512)
"""The frame for a picture on a card: the column of text, and not much more than half a screen."""
QUALITY, EFFORT = 82, 2
ENDINGS = {"JPEG": (".jpg", ".jpeg", ".jfif"), "PNG": (".png",), "WEBP": (".webp",)}
FIELD = "pictures"

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
_desks = threading.BoundedSemaphore(2)
"""Two pictures at a time: each may need 200 MB while it is worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture painted anew, as WebP; sizes in points. ``removed``: what the file told beside it."""

    data: bytes
    small: bytes
    width: int
    height: int
    removed: tuple[str, ...]


def small_size(width: int, height: int) -> tuple[int, int]:
    """The size of the small version of a picture."""
    return fitted(width, height, SMALL_SIDE, SMALL_SIDE)


def card_size(width: int, height: int) -> tuple[int, int]:
    """The size at which a card shows a picture; told in the page, so that nothing moves when the picture comes."""
    return fitted(width, height, *CARD)


def fitted(width: int, height: int, widest: int, highest: int) -> tuple[int, int]:
    """The size of a picture made small enough for a frame."""
    share = min(1, widest / width, highest / height)
    return max(1, round(width * share)), max(1, round(height * share))


def remade(filename: str, data: bytes) -> Picture:
    """The picture in this file, painted anew without stalling anyone. Raises ``Refused`` (``pictures``) with the reason."""
    shown = PurePath(filename.replace("\\", "/")).name[:80]
    if not data:
        raise _refused("file.empty", _("“%(name)s” is empty.", name=shown))
    if len(data) > LARGEST_FILE:
        raise _refused("file.large", _("“%(name)s” is larger than 8 MB.", name=shown))
    kind = _kind(data)
    if kind is None:
        said = _("“%(name)s” is not a picture that can be shown here: JPEG, PNG or WebP.", name=shown)
        raise _refused("file.kind", said)
    ending = PurePath(shown).suffix.casefold()
    if ending and ending not in ENDINGS[kind]:
        said = _(
            "The ending of “%(name)s” is wrong: what is in it is a %(kind)s picture.", name=shown, kind=kind
        )
        raise _refused("file.ending", said)
    try:
        _look(kind, data)
        with _desks:
            return offload.run(_paint, kind, data)
    except _TooLarge:
        said = _("“%(name)s” has too many points: at most 30 megapixels can be taken.", name=shown)
        raise _refused("file.pixels", said) from None
    except _Moving:
        raise _refused(
            "file.moving", _("“%(name)s” moves; only still pictures can be taken.", name=shown)
        ) from None
    except Exception:  # whatever a decoder stumbles over, it is the file's fault
        said = _("“%(name)s” cannot be read: it is damaged, or a part of it is missing.", name=shown)
        raise _refused("file.broken", said) from None


def _refused(rule: str, message: str) -> Refused:
    return Refused(rule, message, FIELD)


class _TooLarge(Exception):
    """More points than we take."""


class _Moving(Exception):
    """More than one frame."""


def _kind(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def _look(kind: str, data: bytes) -> None:
    """Refuse by the head alone, before a decoder takes memory for what the head claims."""
    if kind == "PNG":
        _bounded(*struct.unpack(">II", data[16:24]))
    elif kind == "WEBP":
        chunk = data[12:16]
        if chunk == b"VP8X":
            if data[20] & 2:
                raise _Moving
            _bounded(1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little"))
        elif chunk == b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            _bounded(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
        else:
            width, height = struct.unpack("<HH", data[26:30])
            _bounded(width & 0x3FFF, height & 0x3FFF)


def _bounded(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _TooLarge


def _paint(kind: str, data: bytes) -> Picture:
    try:
        found = Image.open(io.BytesIO(data), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _TooLarge from None
    with found:
        _bounded(*found.size)
        if (
            kind != "JPEG" and getattr(found, "n_frames", 1) > 1
        ):  # a camera's JPEG may bring further pictures along
            raise _Moving
        removed = tuple(dict.fromkeys(_told(found)))
        if kind == "JPEG":
            found.draft("RGB", (SIDE, SIDE))
        found.load()
        seen = _coloured(found)
        seen.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        seen.info = {"exif": found.info["exif"]} if "exif" in found.info else {}
        seen = ImageOps.exif_transpose(seen)
    clean = Image.new(seen.mode, seen.size)
    clean.paste(seen)
    size = small_size(*clean.size)
    small = clean if size == clean.size else clean.resize(size, Image.Resampling.LANCZOS)
    return Picture(
        data=_webp(clean), small=_webp(small), width=clean.width, height=clean.height, removed=removed
    )


def _coloured(found: Image.Image) -> Image.Image:
    """The picture in red, green, blue and, where it lets something shine through, alpha; the same one where it is so."""
    wanted = "RGBA" if found.has_transparency_data else "RGB"
    if found.mode == wanted:
        return found
    if found.mode.startswith("I"):  # 16 bits of grey
        found = found.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    return found.convert(wanted)


def _webp(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=EFFORT)
    return file.getvalue()


CAMERA = {
    "Make",
    "Model",
    "Software",
    "LensMake",
    "LensModel",
    "LensSerialNumber",
    "BodySerialNumber",
    "MakerNote",
}
DATE = {"DateTime", "DateTimeOriginal", "DateTimeDigitized", "PreviewDateTime"}
NAME = {"Artist", "Copyright", "CameraOwnerName", "HostComputer", "XPAuthor"}
COMMENT = {
    "ImageDescription",
    "UserComment",
    "XPComment",
    "XPTitle",
    "XPSubject",
    "XPKeywords",
    "DocumentName",
}
KINDS = ((CAMERA, "camera"), (DATE, "date"), (NAME, "name"), (COMMENT, "comment"))


def _told(found: Any) -> Iterator[str]:
    """What the file tells beside the picture: ``location``, ``camera``, ``date``, ``name``, ``comment``, ``other``."""
    exif = found.getexif()
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        yield "location"
    tags = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    names = {str(ExifTags.TAGS.get(tag, "")) for tag, value in tags.items() if value}
    for known, kind in KINDS:
        if names & known:
            yield kind
    xmp = found.info.get("xmp") or b""
    if isinstance(xmp, str):
        xmp = xmp.encode()
    if b"GPSLatitude" in xmp or b"Iptc4xmpCore:Location" in xmp:
        yield "location"
    if found.info.get("comment") or getattr(found, "text", None):
        yield "comment"
    if xmp or found.info.get("photoshop"):
        yield "other"
