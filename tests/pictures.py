"""Pictures for tests, as cameras and troublemakers make them, and how a browser sends them."""

from __future__ import annotations

import io
import os
import re
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin
from werkzeug.test import TestResponse

from tests.cast import Person

SECRETS = (b"Geheimkamera", b"2031:05:06", b"Erkennbare Person", b"Notiz am Rand", b"GPSLatitude")
"""What the files made here tell beside their picture."""


def painted(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Colours, other ones on each side and in each half, so that a turned picture is known again."""
    image = Image.new(mode, size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    image.paste("blue", (size[0] // 2, size[1] // 2, *size))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def photograph(kind: str = "JPEG", size: tuple[int, int] = (640, 480), orientation: int = 1) -> bytes:
    """A photograph that tells where, when, by whom and with what it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Geheimkamera"
    exif[ExifTags.Base.Model] = "Geheimkamera 3"
    exif[ExifTags.Base.DateTime] = "2031:05:06 07:08:09"
    exif[ExifTags.Base.Artist] = "Erkennbare Person"
    exif[ExifTags.Base.Orientation] = orientation
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (31.0, 46.0, 42.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (35.0, 14.0, 4.0)
    told: dict[str, Any] = {
        "exif": exif,
        "xmp": b"<x:xmpmeta><exif:GPSLatitude>31,46.7N</exif:GPSLatitude></x:xmpmeta>",
    }
    if kind == "JPEG":
        told["comment"] = b"Notiz am Rand"
    if kind == "PNG":
        del told["xmp"]
        told["pnginfo"] = PngImagePlugin.PngInfo()
        told["pnginfo"].add_text("Comment", "Notiz am Rand")
    return encoded(painted(size), kind, **told)


def noise(side: int) -> bytes:
    """A picture that cannot be packed."""
    return encoded(Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)), "PNG")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width: int, height: int) -> bytes:
    """A small file whose head claims to be huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = _chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + data + _chunk(b"IEND", b"")


def webp_claiming(width: int, height: int) -> bytes:
    """The same as WebP."""
    head = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(head)) + head
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_claiming(width: int, height: int) -> bytes:
    """The same as JPEG: the size in the head of the frame is another."""
    data = bytearray(encoded(painted()))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def moving(kind: str) -> bytes:
    """A picture of two frames."""
    return encoded(
        painted((60, 40)), kind, save_all=True, append_images=[Image.new("RGB", (60, 40), "green")]
    )


def upload(who: Person, room: str, data: bytes, name: str = "bild.jpg") -> TestResponse:
    """Send a picture as the page's script does."""
    return who.client.post(f"/rooms/{room}/files", {"pictures": (io.BytesIO(data), name)})


def uploaded(who: Person, room: str, data: bytes | None = None, name: str = "bild.jpg") -> str:
    """The id of a picture that came in for a post to be written."""
    answer = upload(who, room, data if data is not None else photograph(), name)
    assert answer.status_code == 200, answer.text
    found = re.search(r'name="file" value="(\w+)"', answer.get_json()["html"])
    assert found
    return found[1]


def send(who: Person, thread: str, body: str = "Seht selbst.", **form: Any) -> TestResponse:
    """Send the form of a thread; gives JSON where it was taken, else the page."""
    sent = {"body": body, "key": os.urandom(8).hex(), **form}
    return who.client.post(f"/threads/{thread}/posts", sent, headers={"Accept": "application/json"})


def pictured(
    who: Person, room: str, thread: str, alternative: str = "Ein Platz mit Bäumen", **form: Any
) -> tuple[str, str]:
    """A post with a picture, as (id of the post, id of the picture)."""
    file = uploaded(who, room)
    answer = send(who, thread, file=file, alt=alternative, **form)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["post"], file
