"""What the organiser does: an event from the template, rooms, people, links."""

from __future__ import annotations

import dataclasses
import re
import socket
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from forum import clock
from forum.rooms import lists
from tests.builders import another_event, membered, opened, said
from tests.cast import Browser, Gathering, Person
from tests.stage import BASE_URL, Stage

DAY = (clock.now() + timedelta(days=30)).date()
EVENT_FORM = {
    "title_de": "Jahrestagung",
    "day": DAY.isoformat(),
    "begins": "10:00",
    "ends": "16:00",
    "closes": (DAY + timedelta(days=30)).isoformat(),
    "version": "1",
}
ROOM_FORM = {"title_de": "Ein Raum", "posting": ["before", "during"], "names": "own", "hue": "sea"}


def test_an_event_is_made_from_the_template(forum: Stage, olga: Person, bela: Person) -> None:
    answer = olga.client.post("/events/new", EVENT_FORM)
    assert answer.status_code == 303
    event_id = re.fullmatch(r"/events/(\w+)/settings", answer.headers["Location"])[1]  # type: ignore[index]
    assert olga.client.get(f"/events/{event_id}/settings").status_code == 200
    rooms = olga.api.all(f"/events/{event_id}/rooms")
    assert [room["key"] for room in rooms] == ["approaches", "challenges", "shrinking-spaces", "support"]
    assert [room["premoderation"] for room in rooms] == [False, False, True, False]
    assert all(room["questions"] and room["title"] for room in rooms)
    assert olga.api.get(f"/events/{event_id}").get_json()["starts_at"][:10] == DAY.isoformat()
    assert bela.client.get(f"/events/{event_id}").status_code == 404, "nobody else is in it yet"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title_de": "  "}, "an event has a title"),
        ({"title_de": "x" * 201}, "the title is too long"),
        ({"ends": "09:00"}, "it ends before it begins"),
        ({"day": "30.2.2027"}, "there is no such day"),
        ({"begins": ""}, "the beginning is missing"),
        ({"closes": (DAY - timedelta(days=9)).isoformat()}, "it closes before it ends"),
        ({"day": "99999-01-01"}, "out of all calendars"),
        ({"day": "9999-12-31", "closes": "9999-12-31"}, "at the end of all calendars"),
        ({"day": "0001-01-01"}, "at their beginning"),
    ],
)
def test_an_event_that_cannot_be(forum: Stage, olga: Person, change: dict[str, str], why: str) -> None:
    answer = olga.client.post("/events/new", {**EVENT_FORM, "welcome_de": "Mühsam getippt.", **change})
    assert answer.status_code == 422, why
    assert "Mühsam getippt." in answer.text, "nothing that was typed is lost"
    assert len(olga.api.all("/events")) == 1


@pytest.mark.parametrize("who", ["ada", "bela", "fay", "eve"])
def test_others_organise_nothing(forum: Stage, cast: dict[str, Person], event: Gathering, who: str) -> None:
    person, room = cast[who].client, event.rooms["support"]
    known = 404 if who == "eve" else 403
    assert person.post("/events/new", EVENT_FORM).status_code == 403
    assert person.post(f"/events/{event.id}/edit", EVENT_FORM).status_code == known
    assert person.post(f"/events/{event.id}/rooms/new", ROOM_FORM).status_code == known
    assert person.post(f"/rooms/{room}/settings", ROOM_FORM).status_code == known
    assert person.post(f"/events/{event.id}/members", {"people": "x@y.example"}).status_code == known
    member = cast["cem"].member_id
    assert person.post(f"/members/{member}", {"roles": ["organiser"], "group": "other"}).status_code == known
    assert person.post(f"/members/{member}/removal").status_code == known
    assert person.post(f"/members/{member}/link").status_code == known
    assert cast["cem"].api.get("/me").get_json()["memberships"][0]["roles"] == ["participant"]


def test_an_event_changed_meanwhile_is_not_overwritten(forum: Stage, olga: Person, event: Gathering) -> None:
    path = f"/events/{event.id}/edit"
    assert olga.client.get(path).status_code == 200
    assert olga.client.post(path, {**EVENT_FORM, "title_de": "Neuer Titel"}).status_code == 303
    stale = olga.client.post(path, {**EVENT_FORM, "title_de": "Älterer Titel"})
    assert stale.status_code == 412
    assert "Älterer Titel" in stale.text
    assert olga.api.get(f"/events/{event.id}").get_json()["title"] == "Neuer Titel"
    assert (
        olga.client.post(path, {**EVENT_FORM, "title_de": "Älterer Titel", "version": "2"}).status_code == 303
    )


def test_a_room_is_added_and_changed(forum: Stage, olga: Person, bela: Person, event: Gathering) -> None:
    assert olga.client.get(f"/events/{event.id}/rooms/new").status_code == 200
    assert olga.client.post(f"/events/{event.id}/rooms/new", ROOM_FORM).status_code == 303
    room = bela.api.all(f"/events/{event.id}/rooms")[-1]
    assert (room["title"], room["premoderation"], room["may_post"]) == ("Ein Raum", False, True)
    changed = {
        **ROOM_FORM,
        "posting": ["after"],
        "premoderation": "y",
        "title_en": "A room",
        "questions_de": "Was?\n\nWarum?",
        "questions_en": "What?\nWhy?",
    }
    assert olga.client.get(f"/rooms/{room['id']}/settings").status_code == 200
    assert olga.client.post(f"/rooms/{room['id']}/settings", changed).status_code == 303
    now = bela.api.get(f"/rooms/{room['id']}").get_json()
    assert (now["premoderation"], now["may_post"], now["questions"]) == (True, False, ["Was?", "Warum?"])
    for wrong in (
        {"title_de": ""},
        {"names": "nobody"},
        {"posting": ["archived"]},
        {"questions_de": "x\n" * 11},
    ):
        assert olga.client.post(f"/rooms/{room['id']}/settings", {**ROOM_FORM, **wrong}).status_code == 422


def test_a_room_of_aliases_never_gets_more_open(
    forum: Stage, olga: Person, bela: Person, event: Gathering
) -> None:
    room = event.rooms["support"]
    for names, status, holds in (
        ("choice", 303, "choice"),
        ("own", 303, "own"),
        ("alias", 303, "alias"),
        ("own", 422, "alias"),
        ("choice", 422, "alias"),
        ("alias", 303, "alias"),
    ):
        answer = olga.client.post(f"/rooms/{room}/settings", {**ROOM_FORM, "names": names})
        assert (answer.status_code, bela.api.get(f"/rooms/{room}").get_json()["names"]) == (status, holds)


def test_people_are_pasted_from_a_table(forum: Stage, olga: Person, bela: Person, event: Gathering) -> None:
    path = f"/events/{event.id}/members"
    table = "Name;E-Mail;Gruppe;Rolle\nHanne Petzold;hanne@stadt.example;Kommune;\n"
    table += "ليلى حداد\tlayla@verein.example\tمجتمع مدني\tمشرف"
    wrong = table + "\nOhne Adresse;Kommune"
    refused = olga.client.post(path, {"people": wrong})
    assert refused.status_code == 422
    assert "Ohne Adresse;Kommune" in refused.text
    assert "hanne@stadt.example</small>" not in refused.text, "whole or not at all"
    assert olga.client.post(path, {"people": " \n"}).status_code == 422

    assert (
        olga.client.post(path, {"people": table + "\nBela;bela@stadt.example;;moderator"}).status_code == 200
    )
    page = olga.client.get(path).text
    assert "hanne@stadt.example" in page
    assert "ليلى حداد" in page
    me = bela.api.get("/me").get_json()
    assert (me["name"], me["memberships"][0]["roles"]) == ("Bela Sommer", ["moderator"])


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (
            "Bela Sommer; bela@stadt.example; Kommune; Teilnehmer",
            ("Bela Sommer", "municipality", {"participant"}),
        ),
        ("bela@stadt.example", ("bela", "other", {"participant"})),
        ("bela@stadt.example,Bela Sommer,Verein", ("Bela Sommer", "civil-society", {"participant"})),
        (
            '"Bela Sommer"\tBELA@Stadt.example\tSTADT\tModeration',
            ("Bela Sommer", "municipality", {"moderator"}),
        ),
        (
            "Bela;bela@stadt.example;andere;moderator+organisator",
            ("Bela", "other", {"moderator", "organiser"}),
        ),
        ("Bela;bela@stadt.example;Kommune;Kaiser", None),
        ("Bela;bela@stadt;Kommune", None),
        ("Bela;;Kommune", None),
        ("\u202eBela;bela@stadt.example", None),
    ],
)
def test_how_a_line_is_read(line: str, read: tuple[str, str, set[str]] | None) -> None:
    people, wrong = lists.read("Kopfzeile\n" + line)
    if read is None:
        assert not people
        assert [fault.line for fault in wrong] == [2]
        return
    assert not wrong
    assert [(p.name, p.group.value, {role.value for role in p.roles}) for p in people] == [read]


def test_nobody_stands_in_a_list_twice_and_no_list_is_endless() -> None:
    _people, wrong = lists.read("a@stadt.example\nA@Stadt.example")
    assert [fault.line for fault in wrong] == [2]
    people, wrong = lists.read("\n".join(f"p{n}@stadt.example" for n in range(501)))
    assert (len(people), [fault.line for fault in wrong]) == (500, [501])


def test_roles_change_with_effect_at_once(
    forum: Stage, olga: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    post = said(cem, opened(cem, event.rooms["support"]))
    hide = f"/posts/{post['id']}/hiding"
    assert bela.api.put(hide, {"reason": "abuse"}).status_code == 403
    member = f"/members/{bela.member_id}"
    assert olga.client.get(member).status_code == 200
    assert olga.client.post(member, {"roles": ["moderator"], "group": "other"}).status_code == 303
    assert bela.api.put(hide, {"reason": "abuse"}).status_code == 200
    for wrong in (
        {"group": "other"},
        {"roles": ["emperor"], "group": "other"},
        {"roles": ["moderator"], "group": "x"},
    ):
        assert olga.client.post(member, wrong).status_code == 422
    assert olga.client.post(f"{member}/removal").status_code == 303
    assert bela.api.get(f"/posts/{post['id']}").status_code == 404
    assert bela.client.get(f"/events/{event.id}").status_code == 404
    assert olga.client.get(member).status_code == 404
    assert cem.api.get(f"/threads/{post['thread']}").status_code == 200


def test_what_a_removed_member_wrote_stays_with_their_name(
    forum: Stage, olga: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    olga.client.post(f"/members/{bela.member_id}/removal")
    assert cem.api.get(f"/posts/{thread['opening_post']['id']}").get_json()["author"]["name"] == "Bela Sommer"
    answer = olga.client.post(f"/events/{event.id}/members", {"people": "Bela;bela@stadt.example;Kommune"})
    assert answer.status_code == 200
    assert bela.api.get("/me").get_json()["memberships"][0]["member"] == bela.member_id


def test_the_last_organiser_stays(forum: Stage, olga: Person, fay: Person, event: Gathering) -> None:
    own = f"/members/{olga.member_id}"
    assert olga.client.post(f"{own}/removal").status_code == 422
    assert olga.client.post(own, {"roles": ["participant"], "group": "other"}).status_code == 422
    assert (
        olga.client.post(f"/events/{event.id}/members", {"people": f"{olga.email};;participant"}).status_code
        == 422
    )
    membered(forum, event, fay, "organiser", "facilitator")
    assert olga.client.post(own, {"roles": ["participant"], "group": "other"}).status_code == 303
    assert olga.client.get(f"/events/{event.id}/settings").status_code == 403
    assert fay.client.post(f"/members/{olga.member_id}/removal").status_code == 303


def test_a_link_for_copying_signs_its_member_in(
    forum: Stage, olga: Person, cem: Person, bela: Person
) -> None:
    page = olga.client.post(f"/members/{cem.member_id}/link", {"copy": "1"})
    link = re.search(rf"{re.escape(BASE_URL)}/sign-in/link/([\w-]+)", page.text)
    assert link
    browser = Browser(forum)
    assert browser.sign_in_by(link[1]).status_code == 303
    assert cem.name in browser.get("/account").text


def test_no_organiser_gets_into_another_event_by_a_link(
    forum: Stage, olga: Person, eve: Person, bela: Person, fay: Person, event: Gathering
) -> None:
    membered(forum, event, eve, "organiser")
    assert eve.client.post(f"/members/{olga.member_id}/link", {"copy": "1"}).status_code == 409
    other = another_event(forum, fay)
    membered(forum, other, bela, "participant")
    refused = eve.client.post(f"/members/{bela.member_id}/link", {"copy": "1"})
    assert refused.status_code == 409
    assert "/sign-in/link/" not in refused.text


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postbox:
    """Keeps what the mail server is handed."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(envelope)
        return "250 OK"


def test_a_link_is_mailed(forum: Stage, olga: Person, cem: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    postbox, port = Postbox(), free_port()
    server = Controller(postbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        port = server.server.sockets[0].getsockname()[1]
        mailing = dataclasses.replace(forum.settings, mail_url=f"smtp://127.0.0.1:{port}")
        monkeypatch.setitem(forum.app.config, "SETTINGS", mailing)
        page = olga.client.post(f"/members/{cem.member_id}/link")
    finally:
        server.stop()
    assert page.status_code == 200
    assert "/sign-in/link/" not in page.text, "the organiser does not see it"
    [mail] = postbox.mails
    assert mail.rcpt_tos == [cem.email]
    import email
    import email.policy

    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    secret = re.search(r"/sign-in/link/([\w-]+)", message.get_body().get_content())  # type: ignore[union-attr]
    assert secret
    for told in (cem.name, "Zivilgesellschaft", "Olga"):
        assert told not in str(message["Subject"])
    assert Browser(forum).sign_in_by(secret[1]).status_code == 303


def test_without_a_mail_server_mails_lie_in_the_outbox_and_a_lost_one_is_found(
    forum: Stage, cem: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    import smtplib

    from forum import mail
    from forum.people import actions, letters
    from forum.people import queries as accounts

    outbox = forum.settings.instance / "outbox"
    before = set(outbox.glob("*.eml")) if outbox.exists() else set()
    with monkeypatch.context() as broken, forum.inside():

        def deliver(*_: object) -> None:
            raise smtplib.SMTPServerDisconnected

        broken.setattr(mail, "deliver", deliver)
        actions.mail_link(accounts.get_account(cem.account_id))
    assert not outbox.exists() or set(outbox.glob("*.eml")) == before
    with forum.inside():
        letters.sweep()
        letters.sweep()
    [file] = set(outbox.glob("*.eml")) - before
    assert cem.email in file.read_text()
    assert file.parent.stat().st_mode & 0o077 == 0
