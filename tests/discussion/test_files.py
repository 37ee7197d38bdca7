"""Pictures on posts: what they lose on the way in, who may look at them, and how nothing is lost that was written."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from forum import clock
from forum.db import db
from forum.discussion import attachments, images
from forum.discussion.models import Attachment, Post
from forum.errors import Refused
from forum.i18n import catalogue
from forum.storage import Missing, Storage, new_name, storage
from tests import pictures
from tests.builders import hidden, judged, opened, ruled, said
from tests.cast import Browser, Gathering, Person, Program, told
from tests.stage import Stage


@pytest.fixture
def room(event: Gathering) -> str:
    return event.rooms["support"]


@pytest.fixture
def thread(cem: Person, room: str) -> str:
    return str(opened(cem, room)["id"])


@pytest.fixture(autouse=True)
def _tidy(forum: Stage) -> Iterator[None]:
    yield
    for name, _at in list(storage.everything()):
        storage.delete(name)


def german(sentence: str) -> str:
    """As Bela, Cem and Fay read it."""
    return catalogue("de").gettext(sentence)


def on_disk() -> set[str]:
    return {name for name, _at in storage.everything()}


# ---- what a picture loses ----


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "foto.jpg"), ("PNG", "Foto.PNG"), ("WEBP", "foto.webp")])
def test_nothing_that_the_file_told_is_left(kind: str, name: str) -> None:
    source = pictures.photograph(kind)
    assert any(secret in source for secret in pictures.SECRETS), "the test's own file tells something"
    made = images.remade(name, source)
    for data in (made.data, made.small):
        assert not [secret for secret in pictures.SECRETS if secret in data]
        found = Image.open(io.BytesIO(data))
        assert (found.format, dict(found.getexif()), found.info.get("xmp")) == ("WEBP", {}, None)
        assert not {"exif", "xmp", "icc_profile", "comment"} & found.info.keys()
        assert not {b"EXIF", b"XMP ", b"ICCP"} & {data[at : at + 4] for at in range(12, len(data) - 4)}
    assert {"location", "camera", "date", "name"} <= set(made.removed)
    if kind != "WEBP":
        assert "comment" in made.removed


def test_a_picture_without_data_has_nothing_removed() -> None:
    assert images.remade("a.png", pictures.encoded(pictures.painted(), "PNG")).removed == ()


@pytest.mark.parametrize(("orientation", "corners"), [(1, "rwbw"), (3, "bwrw"), (6, "wrwb"), (8, "wbwr")])
def test_a_picture_stands_upright(orientation: int, corners: str) -> None:
    made = images.remade("a.jpg", pictures.photograph(size=(400, 200), orientation=orientation))
    assert (made.width, made.height) == ((200, 400) if orientation in (6, 8) else (400, 200))
    image = Image.open(io.BytesIO(made.data)).convert("RGB")
    w, h = image.size
    places = [(w // 4, h // 4), (3 * w // 4, h // 4), (3 * w // 4, 3 * h // 4), (w // 4, 3 * h // 4)]
    found = "".join(_colour(image.getpixel(place)) for place in places)  # type: ignore[arg-type]
    assert found == corners


def _colour(point: tuple[int, int, int]) -> str:
    red, green, blue = (value > 128 for value in point)
    return "w" if red and green and blue else "r" if red else "b"


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4000, 3000), (2560, 1920), (960, 720)),
        ((1200, 30), (1200, 30), (960, 24)),
        ((12, 3000), (10, 2560), (4, 960)),
        ((5, 5), (5, 5), (5, 5)),
    ],
)
def test_sizes(size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]) -> None:
    made = images.remade("a.png", pictures.encoded(pictures.painted(size), "PNG"))
    assert (made.width, made.height) == large == Image.open(io.BytesIO(made.data)).size
    assert Image.open(io.BytesIO(made.small)).size == small == images.small_size(*large)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_of_writing_colours(mode: str) -> None:
    image = pictures.painted((40, 30)).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = image.convert("I").point(lambda level: level * 257).convert(mode)
    kind, name = ("JPEG", "a.jpeg") if mode == "CMYK" else ("PNG", "a.png")
    found = Image.open(io.BytesIO(images.remade(name, pictures.encoded(image, kind)).data)).convert("L")
    light = [found.getpixel(place) for place in ((30, 5), (10, 7), (30, 22))]
    assert light[0] > 240, "white stays white"  # type: ignore[operator]
    if mode != "1":  # that one makes colours of dots
        assert 140 > light[1] > light[2], light  # type: ignore[operator]


def test_what_shines_through_still_does() -> None:
    image = Image.new("RGBA", (30, 20), (255, 0, 0, 0))
    found = Image.open(io.BytesIO(images.remade("a.png", pictures.encoded(image, "PNG")).data))
    assert found.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_what_hangs_behind_a_picture_is_gone() -> None:
    page = b"<script>alert(1)</script>" + b"PK\x03\x04" + b"%PDF-1.7"
    for name, kind in (("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")):
        made = images.remade(name, pictures.photograph(kind) + page)
        for data in (made.data, made.small):
            assert not any(part in data for part in (b"<script", b"PK\x03\x04", b"%PDF"))


def test_a_camera_that_puts_two_pictures_into_one_file() -> None:
    two = pictures.encoded(
        pictures.painted(), "MPO", save_all=True, append_images=[pictures.painted((64, 48))]
    )
    made = images.remade("a.jpg", two)
    assert (made.width, made.height) == (640, 480)


# ---- what is refused ----

WHOLE = pictures.photograph()
BAD = {
    "empty": ("a.jpg", b"", "file.empty"),
    "too large": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(images.LARGEST_FILE), "file.large"),
    "text": ("a.jpg", b"GIF or so", "file.kind"),
    "svg": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "file.kind"),
    "svg that says it is a png": ("a.png", b'<?xml version="1.0"?><svg/>', "file.kind"),
    "gif": ("a.gif", pictures.encoded(pictures.painted((9, 9)), "GIF"), "file.kind"),
    "gif with another ending": ("a.png", pictures.encoded(pictures.painted((9, 9)), "GIF"), "file.kind"),
    "web page with a picture behind": ("a.jpg", b"<html>" + WHOLE, "file.kind"),
    "jpeg that says it is a png": ("a.png", WHOLE, "file.ending"),
    "jpeg that says it is a page": ("a.html", WHOLE, "file.ending"),
    "two endings": ("a.jpg.svg", WHOLE, "file.ending"),
    "cut off": ("a.jpg", WHOLE[: len(WHOLE) // 2], "file.broken"),
    "only the first bytes": ("a.jpg", WHOLE[:4], "file.broken"),
    "png cut off": ("a.png", pictures.noise(64)[:-3000], "file.broken"),
    "png of eight bytes": ("a.png", b"\x89PNG\r\n\x1a\n", "file.broken"),
    "webp cut off": ("a.webp", pictures.photograph("WEBP")[:200], "file.broken"),
    "webp of twelve bytes": ("a.webp", b"RIFF\0\0\0\0WEBP", "file.broken"),
    "moving png": ("a.png", pictures.moving("PNG"), "file.moving"),
    "moving webp": ("a.webp", pictures.moving("WEBP"), "file.moving"),
    "png bomb": ("a.png", pictures.png_claiming(50_000, 50_000), "file.pixels"),
    "png bomb just over": ("a.png", pictures.png_claiming(6000, 5001), "file.pixels"),
    "webp bomb": ("a.webp", pictures.webp_claiming(16_000, 16_000), "file.pixels"),
    "jpeg bomb": ("a.jpg", pictures.jpeg_claiming(60_000, 60_000), "file.pixels"),
    "jpeg bomb just over": ("a.jpg", pictures.jpeg_claiming(6000, 5001), "file.pixels"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_taken_is_refused_with_its_reason(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, data, rule = BAD[what]
    if rule == "file.pixels":
        monkeypatch.setattr(Image.Image, "load", _never)
        monkeypatch.setattr("PIL.ImageFile.ImageFile.load", _never)
    with pytest.raises(Refused) as refused:
        images.remade(name, data)
    assert (refused.value.rule, refused.value.field) == (rule, "pictures")
    assert name in refused.value.message


def _never(*_: object) -> None:
    raise AssertionError("a bomb is refused before it is decoded")


@pytest.mark.parametrize("what", sorted(set(BAD) - {"too large"}))
def test_whatever_is_wrong_with_a_picture_the_text_stays(what: str, bela: Person, thread: str) -> None:
    name, data, _rule = BAD[what]
    answer = pictures.send(
        bela, thread, "Mein langer Text.", pictures=(io.BytesIO(data), name), warning="Vorsicht"
    )
    assert answer.status_code == 422
    assert "Mein langer Text." in answer.text
    assert 'value="Vorsicht"' in answer.text
    error = re.search(r'id="pictures-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert error
    assert name in error[1]
    assert not on_disk()


def test_a_file_over_eight_megabytes_is_told_apart_from_a_request_that_is_too_large(
    bela: Person, thread: str
) -> None:
    name, data, _rule = BAD["too large"]
    answer = pictures.send(bela, thread, "Mein Text.", pictures=(io.BytesIO(data), name))
    assert (answer.status_code, "Mein Text." in answer.text, "8 MB" in answer.text) == (422, True, True)
    heap = b"x" * (34 * 1024 * 1024)
    assert pictures.send(bela, thread, pictures=(io.BytesIO(heap), "a.jpg")).status_code == 413


def test_elsewhere_64_kilobytes_hold(forum: Stage, bela: Person, thread: str, room: str) -> None:
    large = pictures.noise(200)
    assert len(large) > 64 * 1024
    assert (
        bela.client.post("/preview", {"body": "a", "pictures": (io.BytesIO(large), "a.png")}).status_code
        == 413
    )
    assert bela.api.post(f"/threads/{thread}/posts", {"body": "x" * 70_000}).status_code == 413
    assert pictures.send(bela, thread, "x" * 70_000).status_code == 413, "words do not get more room with it"
    nobody = Browser(forum).post(f"/rooms/{room}/files", {"pictures": (io.BytesIO(large), "a.png")})
    assert nobody.status_code == 413, "who is not signed in brings nothing in"
    assert pictures.upload(bela, room, large, "a.png").status_code == 200


# ---- writing ----


def test_with_scripts_a_picture_comes_first_and_its_words_follow(
    bela: Person, room: str, thread: str
) -> None:
    answer = pictures.upload(bela, room, pictures.photograph())
    html = answer.get_json()["html"]
    for removed in ("the place where it was taken", "details of the camera"):
        assert german(removed) in html
    post, file = pictures.pictured(bela, room, thread, "Ein Brunnen")
    shown = bela.api.get(f"/posts/{post}").get_json()["files"]
    assert shown == [
        {
            "id": file,
            "url": f"/files/{file}",
            "small": f"/files/{file}/small",
            "width": 640,
            "height": 480,
            "alt": "Ein Brunnen",
        }
    ]
    page = bela.client.get(f"/posts/{post}/card").text
    assert f'<img src="/files/{file}/small" width="616" height="462" alt="Ein Brunnen"' in page


def test_without_scripts_the_form_comes_back_once_to_ask_what_the_picture_shows(
    bela: Person, thread: str
) -> None:
    first = pictures.send(bela, thread, "Mein Text.", pictures=(io.BytesIO(pictures.photograph()), "a.jpg"))
    assert first.status_code == 422
    assert "Mein Text." in first.text
    assert german("Please say for each picture what it shows, or that it only decorates.") in first.text
    assert german("Removed from the file:") in first.text
    file = re.findall(r'name="file" value="(\w+)"', first.text)
    assert len(file) == 1
    second = pictures.send(bela, thread, "Mein Text.", file=file, alt="Ein Brunnen")
    assert second.status_code == 200
    post = bela.api.get(f"/posts/{second.get_json()['post']}").get_json()
    assert [shown["alt"] for shown in post["files"]] == ["Ein Brunnen"]


def test_words_may_be_missing_only_where_one_says_so(bela: Person, room: str, thread: str) -> None:
    file, other = pictures.uploaded(bela, room), pictures.uploaded(bela, room)
    for blank in ("", "  ", "\u200b"):
        answer = pictures.send(bela, thread, file=[file, other], alt=[blank, "Ein Platz"])
        assert answer.status_code == 422
        assert f'id="alt-{file}-error"' in answer.text
        assert f'id="alt-{other}-error"' not in answer.text
        assert 'value="Ein Platz"' in answer.text
    answer = pictures.send(bela, thread, file=[file, other], alt=["", "Ein Platz"], plain=file)
    post = bela.api.get(f"/posts/{answer.get_json()['post']}").get_json()
    assert [(shown["id"], shown["alt"]) for shown in post["files"]] == [(file, ""), (other, "Ein Platz")]


def test_a_refused_text_loses_no_picture(bela: Person, room: str, thread: str) -> None:
    file = pictures.uploaded(bela, room)
    sent = {"file": file, "alt": "Ein Brunnen", "pictures": (io.BytesIO(pictures.photograph("PNG")), "b.png")}
    answer = pictures.send(bela, thread, "x" * 10_001, **sent)
    assert answer.status_code == 422
    files = re.findall(r'name="file" value="(\w+)"', answer.text)
    assert len(files) == 2
    assert files[0] == file
    assert 'value="Ein Brunnen"' in answer.text
    assert bela.client.get(f"/files/{files[1]}/small").status_code == 200
    answer = pictures.send(bela, thread, "Kurz.", file=files, alt=["Ein Brunnen", "Noch einer"])
    assert len(bela.api.get(f"/posts/{answer.get_json()['post']}").get_json()["files"]) == 2


def test_a_draft_brings_its_pictures_back(bela: Person, room: str, thread: str) -> None:
    file = pictures.uploaded(bela, room)
    kept = {"body": "Noch nicht fertig", "file": file, "alt": "Ein Brunnen"}
    assert bela.client.post(f"/drafts/thread/{thread}", kept).status_code == 303
    page = bela.client.get(f"/threads/{thread}").text
    assert f'name="file" value="{file}"' in page
    assert 'value="Ein Brunnen"' in page
    assert f'value="{file}"' in bela.client.get(f"/drafts/thread/{thread}").get_json()["pictures"]
    data = {"body": "Noch mehr", "pictures": (io.BytesIO(pictures.photograph()), "a.jpg")}
    assert bela.client.post(f"/drafts/thread/{thread}", data).status_code == 303
    assert bela.client.get(f"/threads/{thread}").text.count('name="file" value="') == 1


def test_a_post_bears_four_pictures(bela: Person, room: str, thread: str) -> None:
    files = [pictures.uploaded(bela, room) for _ in range(5)]
    assert pictures.send(bela, thread, file=files, alt=["x"] * 5).status_code == 422
    answer = pictures.send(bela, thread, file=files, alt=["x"] * 5, leave=files[0])
    post = bela.api.get(f"/posts/{answer.get_json()['post']}").get_json()
    assert [shown["id"] for shown in post["files"]] == files[1:]
    many = [(io.BytesIO(pictures.photograph()), f"{n}.jpg") for n in range(6)]
    answer = pictures.send(bela, thread, pictures=many)
    assert german("A post bears at most %(count)d pictures.") % {"count": 4} in answer.text
    assert answer.text.count('name="file" value="') == 4


def test_a_new_topic_and_a_double_click(forum: Stage, bela: Person, room: str) -> None:
    file = pictures.uploaded(bela, room)
    form = {"title": "Der Brunnen", "body": "Hier.", "file": file, "alt": "Ein Brunnen", "key": "k1"}
    places = {bela.client.post(f"/rooms/{room}/threads", form).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    with forum.inside():
        assert db.session.scalars(sa.select(Post.files).where(Post.files > 0)).all() == [1]


def test_changing_a_post_changes_its_pictures(bela: Person, room: str, thread: str) -> None:
    post, file = pictures.pictured(bela, room, thread, "Alt")
    page = bela.client.get(f"/posts/{post}/edit").text
    assert f'name="file" value="{file}"' in page
    assert 'value="Alt"' in page
    new = pictures.uploaded(bela, room)
    form = {"body": "Anders.", "version": 1, "file": [file, new], "alt": ["Neu", "Zweites"]}
    assert bela.client.post(f"/posts/{post}/edit", form).status_code == 303
    assert [f["alt"] for f in bela.api.get(f"/posts/{post}").get_json()["files"]] == ["Neu", "Zweites"]
    before = on_disk()
    form = {"body": "Anders.", "version": 2, "file": [file, new], "alt": ["Neu", "Zweites"], "leave": file}
    assert bela.client.post(f"/posts/{post}/edit", form).status_code == 303
    assert [f["id"] for f in bela.api.get(f"/posts/{post}").get_json()["files"]] == [new]
    assert len(before - on_disk()) == 2
    assert bela.client.get(f"/files/{file}").status_code == 404
    assert bela.api.patch(f"/posts/{post}", {"body": "Durch ein Programm."}, version=3).status_code == 200
    assert [f["id"] for f in bela.api.get(f"/posts/{post}").get_json()["files"]] == [new], (
        "programs leave them alone"
    )


def test_nobody_puts_up_what_another_has_sent(bela: Person, cem: Person, room: str, thread: str) -> None:
    file = pictures.uploaded(bela, room)
    taken, _ = pictures.pictured(bela, room, thread)
    borne = bela.api.get(f"/posts/{taken}").get_json()["files"][0]["id"]
    for wanted in (file, borne, "nothinglikethat"):
        answer = pictures.send(cem, thread, file=wanted, alt="Meins")
        assert answer.status_code == 422
        assert german("A picture was not kept any longer; please choose it again.") in answer.text
        assert f'data-picture="{wanted}"' not in answer.text
    assert bela.api.get(f"/posts/{taken}").get_json()["files"][0]["alt"] == "Ein Platz mit Bäumen"


def test_the_room_says_whether_posts_bear_pictures(
    forum: Stage, bela: Person, fay: Person, olga: Person, event: Gathering, room: str, thread: str
) -> None:
    off = event.rooms["shrinking-spaces"]
    assert bela.api.get(f"/rooms/{off}").get_json()["files"] is False
    assert bela.api.get(f"/rooms/{room}").get_json()["files"] is True
    assert 'type="file"' not in bela.client.get(f"/rooms/{off}/threads/new").text
    assert 'type="file"' in bela.client.get(f"/rooms/{room}/threads/new").text
    assert pictures.upload(bela, off, pictures.photograph()).status_code == 422
    file = pictures.uploaded(bela, room)
    form = {"title": "T", "body": "Durch die Hintertür", "file": file, "alt": "x"}
    assert (
        german("In this room posts bear no pictures.") in bela.client.post(f"/rooms/{off}/threads", form).text
    )
    post, borne = pictures.pictured(bela, room, thread)
    ruled(forum, olga, room, files=False)
    assert bela.client.get(f"/files/{borne}").status_code == 200, "what stands there stays"
    assert f'name="file" value="{borne}"' in bela.client.get(f"/posts/{post}/edit").text
    settings = olga.client.get(f"/rooms/{room}/settings").text
    assert re.search(r'<input[^>]*name="files"', settings)


# ---- looking ----


def test_how_a_picture_is_handed_out(bela: Person, cem: Person, room: str, thread: str) -> None:
    _post, file = pictures.pictured(bela, room, thread)
    for address in (f"/files/{file}", f"/files/{file}/small"):
        answer = cem.client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.fullmatch(r'inline; filename="[0-9a-f]{32}\.webp"', answer.headers["Content-Disposition"])
        assert Image.open(io.BytesIO(answer.data)).format == "WEBP"


WHO = ("nobody", "eve", "cem", "bela", "fay", "olga", "ada")
STATES = {
    "published": {"cem", "bela", "fay", "olga", "ada"},
    "hidden": {"bela", "ada"},
    "deleted": set(),
    "pending": {"bela", "ada"},
    "rejected": {"bela", "ada"},
    "withdrawn": set(),
    "thread hidden": {"ada"},
    "not sent": {"bela"},
}


@pytest.mark.parametrize("state", STATES)
def test_who_may_read_the_post_may_see_its_picture(
    state: str, forum: Stage, cast: dict[str, Person], event: Gathering, room: str
) -> None:
    ada, bela, cem, olga = (cast[key] for key in ("ada", "bela", "cem", "olga"))
    thread = opened(ada, room)["id"]
    if state in ("pending", "rejected", "withdrawn"):
        ruled(forum, olga, room, premoderation=True)
    post, file = (
        ("", pictures.uploaded(bela, room)) if state == "not sent" else pictures.pictured(bela, room, thread)
    )
    if state == "hidden":
        hidden(ada, {"id": post})
    elif state == "rejected":
        judged(ada, {"id": post}, "reject")
    elif state in ("deleted", "withdrawn"):
        assert bela.api.delete(f"/posts/{post}").status_code == 200
    elif state == "thread hidden":
        assert ada.api.put(f"/threads/{thread}/hiding").status_code == 200
    for who in WHO:
        browser = cast[who].client if who in cast else Browser(forum)
        program = cast[who].api if who in cast else Program(forum, None)
        for address in ("/files/{}", "/files/{}/small"):
            answer = browser.get(address.format(file))
            never = browser.get(address.format("a" * 26))
            if who in STATES[state]:
                assert answer.status_code == 200, (who, state)
            else:
                assert answer.status_code == (303 if who == "nobody" else 404), (who, state)
                assert told(answer, file) == told(never, "a" * 26), "like what never was"
        if post:
            shown = program.get(f"/posts/{post}").get_json()
            assert bool(shown.get("files")) == (who in STATES[state]), (who, state)
            if shown.get("html") is None:
                assert not shown.get("files")
    assert cem.client.get(f"/threads/{thread}").status_code in (200, 404)


def test_words_withheld_say_nothing_of_pictures(
    bela: Person, cem: Person, ada: Person, room: str, thread: str
) -> None:
    post, file = pictures.pictured(bela, room, thread, "Ein Brunnen", warning="Vorsicht")
    page = cem.client.get(f"/posts/{post}/card").text
    assert page.index("<details") < page.index(file) < page.index("</details>"), "folded with the words"
    hidden(ada, {"id": post})
    shown = cem.api.get(f"/posts/{post}").get_json()
    assert shown["files"] is None
    for text in (cem.client.get(f"/posts/{post}/card").text, cem.api.get(f"/threads/{thread}/posts").text):
        assert file not in text
        assert "Brunnen" not in text


def test_a_new_word_for_a_picture_is_seen_at_once(bela: Person, cem: Person, room: str, thread: str) -> None:
    post, file = pictures.pictured(bela, room, thread, "Ein Brunnen")
    assert "Ein Brunnen" in cem.client.get(f"/threads/{thread}").text
    form = {"body": "Seht selbst.", "version": 1, "file": file, "alt": "Der alte Brunnen"}
    bela.client.post(f"/posts/{post}/edit", form)
    assert "Der alte Brunnen" in cem.client.get(f"/threads/{thread}").text


def test_a_page_of_pictures_costs_one_statement(
    forum: Stage, bela: Person, cem: Person, room: str, thread: str
) -> None:
    said(bela, thread)
    cem.client.get(f"/threads/{thread}")
    without = _statements(forum, cem, thread)
    for _ in range(3):
        pictures.pictured(bela, room, thread)
    cem.client.get(f"/threads/{thread}")
    assert _statements(forum, cem, thread) == without + 1


def _statements(forum: Stage, who: Person, thread: str) -> int:
    counted: list[str] = []

    def count(*about: object) -> None:
        counted.append(str(about[2]))

    with forum.inside():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        who.client.get(f"/threads/{thread}")
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    return len(counted)


# ---- leaving ----


def test_a_post_taken_back_takes_its_pictures_from_the_disk(
    forum: Stage, bela: Person, room: str, thread: str
) -> None:
    post, _file = pictures.pictured(bela, room, thread)
    assert len(on_disk()) == 2
    bela.api.delete(f"/posts/{post}")
    assert not on_disk()
    with forum.inside():
        assert not db.session.scalars(sa.select(Attachment)).all()


def test_the_sweep_takes_what_nobody_came_for(forum: Stage, bela: Person, room: str, thread: str) -> None:
    kept, borne = pictures.pictured(bela, room, thread)
    left = pictures.uploaded(bela, room)
    with forum.inside():
        storage.write(new_name("webp"), b"of a request that died")
        attachments.sweep()
        assert len(on_disk()) == 5, "a day is not over"
    with clock.at(clock.now() + timedelta(hours=25)), forum.inside():
        attachments.sweep()
        attachments.sweep()
    assert len(on_disk()) == 2
    assert bela.client.get(f"/files/{borne}").status_code == 200
    assert bela.client.get(f"/files/{left}").status_code == 404
    answer = pictures.send(bela, thread, "Zu spät.", file=left, alt="x")
    assert (answer.status_code, "Zu spät." in answer.text, left in answer.text) == (422, True, False)
    assert kept


def test_unsent_pictures_make_room_for_later_ones(
    forum: Stage, bela: Person, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_UNSENT", 2)
    files = [pictures.uploaded(bela, room) for _ in range(3)]
    assert [bela.client.get(f"/files/{file}").status_code for file in files] == [404, 200, 200]
    assert len(on_disk()) == 4


def test_nothing_links_the_pictures_of_one_person(forum: Stage, bela: Person, room: str) -> None:
    for title in ("Eins", "Zwei"):
        pictures.pictured(bela, room, opened(bela, room, title)["id"])
    with forum.inside():
        marks = db.session.scalars(sa.select(Attachment.mark)).all()
        own = set(db.session.scalars(sa.select(Post.mark)))
    assert len(set(marks)) == 2
    assert set(marks) <= own, "a picture tells no more of its author than the post does"


def test_the_storage(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    kept = Storage()
    kept.open(folder)
    name = new_name("webp")
    kept.write(name, b"1")
    assert kept.read(name) == b"1"
    assert stat.S_IMODE((folder / "files").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "files" / name).stat().st_mode) == 0o600
    for wrong in ("../secret", "a/b.webp", "", name + "\n", "/etc/passwd"):
        with pytest.raises(ValueError, match="not a name"):
            kept.read(wrong)
    kept.delete(name)
    kept.delete(name)
    with pytest.raises(Missing):
        kept.read(name)


def test_a_documentation_says_what_a_picture_shows(
    fay: Person, bela: Person, event: Gathering, room: str, thread: str
) -> None:
    pictures.pictured(bela, room, thread, "Ein Brunnen vor dem Rathaus")
    answer = fay.api.get(f"/events/{event.id}/export?format=json&attribution=none")
    assert answer.status_code == 200
    summary = fay.api.post(f"/events/{event.id}/summaries", {"title": "D", "rooms": [room]}).get_json()
    text = fay.api.get(f"/summaries/{summary['id']}/export?format=md&attribution=none").text
    said_so = german("An image belongs to this post: %(words)s") % {"words": "Ein Brunnen vor dem Rathaus"}
    assert said_so in text
