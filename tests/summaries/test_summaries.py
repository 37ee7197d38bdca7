"""Documentations: sections that cite posts, changed with care, and files that hold what may be said."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pypdf
import pytest

from tests.builders import Json, another_event, hidden, judged, opened, ruled, said, word
from tests.cast import Gathering, Person
from tests.stage import Stage

FORMATS = ("md", "html", "docx", "pdf", "json", "csv")


def made(fay: Person, event: Gathering, *rooms: str, title: str = "Was wir hörten", **more: str) -> Json:
    answer = fay.api.post(
        f"/events/{event.id}/summaries",
        {"title": title, "rooms": [event.rooms[key] for key in rooms or ("support",)], **more},
    )
    assert answer.status_code == 201, answer.text
    return answer.get_json()  # type: ignore[no-any-return]


def words(form: str, body: bytes) -> str:
    """Everything that a file says, and how it is built."""
    if form == "docx":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    if form == "pdf":
        reader = pypdf.PdfReader(io.BytesIO(body))
        text = "".join(page.extract_text() for page in reader.pages)
        return re.sub(r"[-\u00ad]\n", "", text) + repr(reader.metadata)
    return body.decode()


def test_each_room_becomes_a_section_pinned_posts_first(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    first, second = said(cem, thread), said(bela, thread)
    below = said(bela, thread, parent=first)
    ada.api.put(f"/posts/{second['id']}/pin")
    gone, taken = said(bela, thread), said(bela, thread)
    hidden(ada, gone)
    bela.api.delete(f"/posts/{taken['id']}")
    waiting = opened(bela, event.rooms["shrinking-spaces"])
    summary = made(fay, event, "support", "shrinking-spaces")
    assert [section["room"] for section in summary["sections"]] == [
        event.rooms["support"],
        event.rooms["shrinking-spaces"],
    ]
    opening = thread["opening_post"]["id"]
    assert summary["sections"][0]["sources"] == [second["id"], opening, first["id"], below["id"]]
    assert summary["sections"][1]["sources"] == []
    judged(ada, waiting["opening_post"])
    assert made(fay, event, "shrinking-spaces")["sections"][0]["sources"] == [waiting["opening_post"]["id"]]
    assert [s["id"] for s in fay.api.all(f"/events/{event.id}/summaries")][1] == summary["id"]
    assert fay.client.get(f"/summaries/{summary['id']}").status_code == 200


@pytest.mark.parametrize("who", ["ada", "bela", "olga", "eve"])
def test_a_documentation_is_for_facilitators(
    forum: Stage, cast: dict[str, Person], event: Gathering, who: str
) -> None:
    summary = made(cast["fay"], event)
    person, path = cast[who], f"/summaries/{summary['id']}"
    list_status = 404 if who == "eve" else 403
    rooms = list(event.rooms.values())
    assert person.api.get(f"/events/{event.id}/summaries").status_code == list_status
    assert (
        person.api.post(f"/events/{event.id}/summaries", {"title": "T", "rooms": rooms}).status_code
        == list_status
    )
    assert person.api.get(f"/events/{event.id}/export").status_code == list_status
    assert person.client.get(f"/events/{event.id}/export").status_code == list_status
    assert person.client.get(f"/events/{event.id}/summaries").status_code == list_status
    for answer in (
        person.api.get(path),
        person.api.patch(path, {"title": "T"}, version=1),
        person.api.get(f"{path}/export?format=md"),
        person.client.get(path),
        person.client.post(path, {"title": "T"}),
        person.client.get(f"{path}/export?format=md"),
        person.client.post(f"{path}/deletion"),
    ):
        assert answer.status_code == 404
    assert cast["fay"].api.get(path).get_json() == summary


def test_changing_needs_the_version_that_was_read(
    forum: Stage, bela: Person, fay: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    post = thread["opening_post"]["id"]
    summary = made(fay, event)
    path = f"/summaries/{summary['id']}"
    assert fay.api.patch(path, {"title": "T"}).status_code == 428
    assert fay.api.patch(path, {"title": "T"}, version=7).status_code == 412
    sections = [
        {"heading": "Unterstützung", "text": "Es **hilft**.", "sources": [post]},
        {"heading": "Ohne Quellen"},
    ]
    changed = fay.api.patch(path, {"title": "Neu", "sections": sections}, version=1).get_json()
    assert (changed["title"], changed["version"]) == ("Neu", 2)
    assert [(s["heading"], s["text"], s["sources"]) for s in changed["sections"]] == [
        ("Unterstützung", "Es **hilft**.", [post]),
        ("Ohne Quellen", "", []),
    ]
    assert fay.api.patch(path, {"title": "Alt"}, version=1).status_code == 412
    assert fay.api.get(path).get_json() == changed


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"title": "", "rooms": ["support"]}, "a title is needed"),
        ({"title": "x" * 201, "rooms": ["support"]}, "the title is too long"),
        ({"title": "T", "rooms": []}, "no room chosen"),
        ({"title": "T", "rooms": ["nowhere"]}, "there is no such room"),
        ({"title": "T", "rooms": ["foreign"]}, "a room of another event"),
        ({"title": "T", "rooms": ["support"], "phase": "archived"}, "nothing is written then"),
        ({"title": "T", "rooms": "support"}, "rooms are a list"),
        ({"title": "T", "rooms": ["support"], "colour": "red"}, "an unknown field"),
    ],
)
def test_what_cannot_be_made(forum: Stage, fay: Person, event: Gathering, sent: Json, why: str) -> None:
    other = another_event(forum, fay)
    known = {**event.rooms, "foreign": other.rooms["only"]}
    rooms = (
        [known.get(room, room) for room in sent["rooms"]]
        if isinstance(sent["rooms"], list)
        else sent["rooms"]
    )
    assert fay.api.post(f"/events/{event.id}/summaries", {**sent, "rooms": rooms}).status_code == 422, why


def test_no_section_cites_what_it_must_not(
    forum: Stage, ada: Person, bela: Person, fay: Person, event: Gathering
) -> None:
    other = another_event(forum, fay)
    foreign = opened(fay, other.rooms["only"])["opening_post"]
    waiting = opened(bela, event.rooms["shrinking-spaces"])["opening_post"]
    thread = opened(bela, event.rooms["support"])
    gone, taken = said(bela, thread), said(bela, thread)
    hidden(ada, gone)
    bela.api.delete(f"/posts/{taken['id']}")
    lost = opened(bela, event.rooms["support"])
    ada.api.put(f"/threads/{lost['id']}/hiding")
    summary = made(fay, event)
    for source in (
        foreign["id"],
        waiting["id"],
        gone["id"],
        taken["id"],
        lost["opening_post"]["id"],
        "nowhere",
    ):
        sections = [{"heading": "H", "sources": [source]}]
        answer = fay.api.patch(f"/summaries/{summary['id']}", {"sections": sections}, version=1)
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"].startswith("/sections")


def test_by_plain_forms(forum: Stage, bela: Person, fay: Person, event: Gathering) -> None:
    post = opened(bela, event.rooms["support"])["opening_post"]["id"]
    answer = fay.client.post(
        f"/events/{event.id}/summaries", {"title": "Ernte", "rooms": [event.rooms["support"]], "phase": ""}
    )
    assert answer.status_code == 303
    path = answer.headers["Location"]
    form = {
        "title": "Ernte",
        "version": "1",
        "heading-0": "Kapitel",
        "text-0": "Mühsam getippt.",
        "without-0": post,
    }
    assert fay.client.post(path, {**form, "heading-0": ""}).status_code == 422
    assert fay.client.post(path, form).status_code == 303
    section = fay.api.get(path).get_json()["sections"][0]
    assert (section["heading"], section["text"], section["sources"]) == ("Kapitel", "Mühsam getippt.", [])
    stale = fay.client.post(path, {**form, "text-0": "Noch mühsamer."})
    assert stale.status_code == 412
    assert "Noch mühsamer." in stale.text
    assert fay.client.post(f"/events/{event.id}/summaries", {"title": "Ernte"}).status_code == 422
    assert fay.client.post(f"{path}/deletion").status_code == 303
    assert fay.client.get(path).status_code == 404


@pytest.fixture
def talk(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, event: Gathering
) -> dict[str, str]:
    """A room in which everything happens that has to stay out of files: name of the post -> its word."""
    room = event.rooms["support"]
    secret = {key: word() for key in ("said", "hidden", "deleted", "lost", "pending", "rejected", "edited")}
    thread = opened(bela, room, "Partnerschaften", f"Gesagt {secret['said']}.")
    hidden(ada, said(cem, thread, secret["hidden"]))
    bela.api.delete(f"/posts/{said(bela, thread, secret['deleted'])['id']}")
    changed = said(bela, thread, secret["edited"])
    bela.api.patch(f"/posts/{changed['id']}", {"body": "Anders gesagt."}, version=1)
    lost = opened(bela, room, "Weg", secret["lost"])
    ada.api.put(f"/threads/{lost['id']}/hiding")
    waiting = opened(fay, event.rooms["shrinking-spaces"])
    said(bela, waiting, secret["pending"])
    judged(ada, said(bela, waiting, secret["rejected"]), "reject")
    return secret


@pytest.mark.parametrize("attribution", ["none", "groups", "names"])
def test_no_file_holds_what_was_withheld(
    forum: Stage,
    bela: Person,
    cem: Person,
    fay: Person,
    event: Gathering,
    talk: dict[str, str],
    attribution: str,
) -> None:
    summary = made(fay, event, *event.rooms)
    sources = [f"/summaries/{summary['id']}/export?format={form}" for form in FORMATS]
    sources += [f"/events/{event.id}/export?format={form}" for form in ("json", "csv")]
    for source in sources:
        form = source.rpartition("=")[2]
        for answer in (
            fay.api.get(f"{source}&attribution={attribution}"),
            fay.client.get(f"{source}&attribution={attribution}"),
        ):
            assert answer.status_code == 200, answer.text
            assert answer.headers["Content-Disposition"].startswith("attachment")
            file = words(form, answer.data)
            assert talk["said"] in file.replace("\n", ""), (source, "the file says what may be said")
            for key in ("hidden", "deleted", "lost", "pending", "rejected", "edited"):
                assert talk[key] not in file.replace("\n", ""), (source, key)
            for name in (bela.name, cem.name, fay.name):
                assert (name in file) is (attribution == "names" and name != cem.name), (source, name)
            for secret in (bela.account_id, bela.member_id, bela.email, bela.email.partition("@")[2]):
                assert secret not in file, (source, secret)


def test_a_post_hidden_later_is_gone_from_the_next_file(
    forum: Stage, ada: Person, bela: Person, fay: Person, event: Gathering
) -> None:
    secret = word()
    thread = opened(bela, event.rooms["support"])
    post = said(bela, thread, secret)
    summary = made(fay, event)
    path = f"/summaries/{summary['id']}"
    before = fay.api.get(f"{path}/export?format=md").text
    hidden(ada, post)
    for answer in (fay.api.get(f"{path}/export?format=md"), fay.client.get(path), fay.api.get(path)):
        assert secret not in answer.text
    assert secret in before
    ada.api.delete(f"/posts/{post['id']}/hiding")
    assert secret in fay.api.get(f"{path}/export?format=md").text


def test_groups_are_told_and_small_ones_are_not(
    forum: Stage, olga: Person, bela: Person, cem: Person, fay: Person, event: Gathering
) -> None:
    from tests.cast import Program

    people = "\n".join(f"Person {n};p{n}@stadt.example;Kommune" for n in range(2))
    olga.client.post(f"/events/{event.id}/members", {"people": people})
    thread = opened(bela, event.rooms["support"])
    with forum.inside():
        from forum.people import actions, queries

        tokens = [actions.create_token(queries.find_account(f"p{n}@stadt.example")) for n in range(2)]  # type: ignore[arg-type]
    for token in tokens:
        Program(forum, token).post(f"/threads/{thread['id']}/posts", {"body": "Auch wir."})
    said(cem, thread)
    file = fay.api.get(f"/events/{event.id}/export?format=json&attribution=groups").get_json()
    text = json.dumps(file, ensure_ascii=False)
    assert text.count('"Kommune"') == 3 or text.count('"Municipality"') == 3
    assert 'Zivilgesellschaft"' not in text.replace(
        json.dumps("Die Rolle der Zivilgesellschaft", ensure_ascii=False), ""
    )
    for person in (bela, cem):
        assert person.name not in text


def test_a_table_holds_no_formula(forum: Stage, bela: Person, fay: Person, event: Gathering) -> None:
    opened(bela, event.rooms["support"], "=1+1", '=HYPERLINK("http://eve.example")\n\n@SUM(1)')
    body = fay.api.get(f"/events/{event.id}/export?format=csv").data.decode("utf-8-sig")
    delimiter = csv.Sniffer().sniff(body.splitlines()[0], ";,\t").delimiter
    rows = list(csv.reader(io.StringIO(body), delimiter=delimiter))
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("format=exe", 422),
        ("format=md&attribution=everything", 422),
        ("attribution=names", 200),
        ("format=json&colour=", 200),
        ("format=../../etc/passwd", 422),
    ],
)
def test_what_can_be_asked_for(forum: Stage, fay: Person, event: Gathering, query: str, status: int) -> None:
    summary = made(fay, event)
    for path in (f"/summaries/{summary['id']}/export", f"/events/{event.id}/export"):
        wanted = 422 if "format=md" in query and "events" in path else status
        assert fay.api.get(f"{path}?{query}").status_code == wanted
    assert fay.api.get(f"/events/{event.id}/export?format=docx").status_code == 422


def test_one_person_under_three_aliases_is_no_group_of_three(
    forum: Stage, bela: Person, fay: Person, olga: Person, event: Gathering
) -> None:
    ruled(forum, olga, event.rooms["support"], names="alias")
    for number in range(3):
        opened(bela, event.rooms["support"], f"Thema {number}", f"Ein Beitrag, der {number} heißt.")
    made = fay.api.post(
        f"/events/{event.id}/summaries", {"title": "Bericht", "rooms": [event.rooms["support"]]}
    ).get_json()
    told = fay.api.get(f"/summaries/{made['id']}/export?format=csv&attribution=groups").text
    assert "der 2 heißt" in told
    assert "Kommune" not in told
