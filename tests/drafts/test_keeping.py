"""Drafts: kept for every place one can write in, found again by their author, gone when sent or thrown away."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from forum import clock
from forum.db import db
from forum.drafts import actions as drafts
from forum.drafts.models import Draft
from forum.keys import Broken, keys
from tests.builders import another_event, opened, removed, ruled, said, word
from tests.cast import Browser, Gathering, Person
from tests.stage import Stage


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, forum: Stage) -> Stage:
    """The forum on each database."""
    before = forum.kind
    forum.use(request.param)
    forum.reset()
    request.addfinalizer(lambda: forum.use(before))
    return forum


def typed(page: TestResponse, name: str = "body") -> str:
    """What stands in the page's box for writing (or for copying)."""
    found = re.search(rf'<textarea id="(?:{name}|copy)"[^>]*>\n?(.*?)</textarea>', page.text, re.S)
    return html.unescape(found[1]) if found else ""


def rows(stage: Stage) -> int:
    """How many drafts there are of anybody."""
    with stage.inside():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Draft)) or 0


def places(bela: Person, event: Gathering) -> list[tuple[str, str, str]]:
    """For each way to write: where its draft is kept, the page with the box, where it is sent."""
    thread = opened(bela, event.rooms["support"])
    post = thread["opening_post"]["id"]
    room = event.rooms["support"]
    return [
        (f"/drafts/room/{room}", f"/rooms/{room}/threads/new", f"/rooms/{room}/threads"),
        (f"/drafts/thread/{thread['id']}", f"/threads/{thread['id']}", f"/threads/{thread['id']}/posts"),
        (f"/drafts/reply/{post}", f"/posts/{post}/reply", f"/threads/{thread['id']}/posts"),
        (f"/drafts/edit/{post}", f"/posts/{post}/edit", f"/posts/{post}/edit"),
    ]


@pytest.mark.parametrize("kind", range(4), ids=["topic", "post", "answer", "edit"])
def test_a_draft_is_kept_found_again_and_gone_when_sent(
    either: Stage, bela: Person, event: Gathering, kind: int
) -> None:
    place, page, target = places(bela, event)[kind]
    text = f"Noch nicht fertig: {word()} „ä“ & <b>"
    form = {"body": text, "title": "Ein Anfang", "warning": "Gewalt", "version": "1"}
    answer = bela.client.post(place, form)
    assert answer.status_code == 303
    assert answer.location.partition("#")[0] == page
    again = bela.browser().get(page)
    assert typed(again) == text
    assert 'value="Gewalt"' in again.text
    assert re.search(r"data-saved>.*?Entwurf|Draft saved", again.text, re.S)
    key = re.search(r'name="key" value="(\w+)"', again.text)
    parent = re.search(r'name="parent" value="(\w*)"', again.text)
    sent = {**form, "key": key[1] if key else "", "parent": parent[1] if parent else ""}
    assert bela.client.post(target, sent).status_code == 303
    assert rows(either) == 0
    assert typed(bela.client.get(page)) != text or kind == 3


def test_a_row_names_nobody_and_no_place_and_holds_no_words(
    either: Stage, bela: Person, event: Gathering
) -> None:
    place, _page, _target = places(bela, event)[1]
    canary = word()
    bela.client.post(place, {"body": canary})
    with either.inside():
        row = db.session.execute(sa.select(sa.text("*")).select_from(Draft)).one()
    stored = " ".join(cell.hex() if isinstance(cell, bytes) else str(cell) for cell in row)
    for secret in (canary, canary.encode().hex(), bela.account_id, place.rpartition("/")[2], event.id):
        assert secret not in stored
    assert re.search(r"\d\d:\d\d", stored) is None  # a day, no moment


def test_what_was_sealed_opens_in_its_own_place_alone(forum: Stage) -> None:
    sealed = keys.seal("draft", "here", "Wörter")
    assert keys.unseal("draft", "here", sealed) == "Wörter"
    assert keys.seal("draft", "here", "Wörter") != sealed
    for purpose, place, held in (
        ("draft", "there", sealed),
        ("note", "here", sealed),
        ("draft", "here", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("draft", "here", sealed[:5]),
        ("draft", "here", b""),
    ):
        with pytest.raises(Broken):
            keys.unseal(purpose, place, held)
    file = forum.settings.instance / "keys" / "seals"
    assert file.stat().st_mode & 0o777 == 0o600


def test_drafts_of_one_are_never_shown_to_another(
    forum: Stage, cast: dict[str, Person], event: Gathering
) -> None:
    bela, canary = cast["bela"], word()
    all_places = places(bela, event)
    for place, _page, _target in all_places:
        assert bela.client.post(place, {"body": canary, "title": canary}).status_code == 303
    for name in ("ada", "cem", "fay", "olga", "eve"):
        other = cast[name]
        assert canary not in other.client.get("/drafts").text
        for place, page, _target in all_places:
            assert canary not in other.client.get(page).text
            kept = other.client.get(place)
            assert kept.get_json() == {"fields": {}, "said": ""}
            assert other.client.get(f"{place}/removal").status_code == 404
            assert other.client.post(f"{place}/removal").status_code == 404
    stranger = Browser(forum)
    for path in ("/drafts", all_places[0][0]):
        assert stranger.get(path).status_code == 303
    assert stranger.post(all_places[0][0], {"body": "Ha!"}).status_code == 401
    assert rows(forum) == 4
    assert bela.client.get("/drafts").text.count(canary) >= 4


def test_a_place_one_cannot_know_of_takes_no_draft(
    forum: Stage, ada: Person, bela: Person, cem: Person, eve: Person, olga: Person, event: Gathering
) -> None:
    elsewhere = another_event(forum, olga)
    hidden_thread = opened(cem, event.rooms["support"])
    ada.api.put(f"/threads/{hidden_thread['id']}/hiding")
    other = opened(cem, event.rooms["support"])
    waiting = said(cem, opened(ada, event.rooms["shrinking-spaces"]))
    assert waiting["state"] == "pending"
    unknown = [
        f"room/{elsewhere.rooms['only']}",
        f"thread/{hidden_thread['id']}",
        f"reply/{hidden_thread['opening_post']['id']}",
        f"edit/{other['opening_post']['id']}",  # known, but of another
        f"reply/{waiting['id']}",
        "thread/nowhere",
        "note/nowhere",
        "room/nowhere",
    ]
    for place in unknown:
        assert bela.client.post(f"/drafts/{place}", {"body": "Ha!"}).status_code == 404, place
        assert bela.client.get(f"/drafts/{place}").get_json()["fields"] == {}
    assert eve.client.post(f"/drafts/room/{event.rooms['support']}", {"body": "Ha!"}).status_code == 404
    assert rows(forum) == 0


def test_a_draft_outlives_the_place_it_was_for(
    forum: Stage, ada: Person, bela: Person, cem: Person, olga: Person, event: Gathering
) -> None:
    """Locked, hidden, closed, left: one's own words are there still, and can be saved on while one types."""
    thread = opened(cem, event.rooms["support"], "Geheimer Titel")
    place, page = f"/drafts/thread/{thread['id']}", f"/threads/{thread['id']}"
    bela.client.post(place, {"body": "Mein Text"})

    ada.api.put(f"/threads/{thread['id']}/lock")
    locked = bela.client.get(page)
    assert typed(locked) == "Mein Text"
    assert "data-composer" not in locked.text
    ada.api.delete(f"/threads/{thread['id']}/lock")

    with clock.at(event.moment("archived")):
        pass  # the phase is moved below, where requests see it
    ruled(forum, olga, event.rooms["support"], posting=["during"])
    closed = bela.client.get(page)
    assert typed(closed) == "Mein Text"
    assert "data-composer" not in closed.text
    reply = f"/drafts/reply/{thread['opening_post']['id']}"
    bela.client.post(reply, {"body": "Meine Antwort"})
    assert "Meine Antwort" in bela.client.get(f"/posts/{thread['opening_post']['id']}/reply").text
    bela.client.post(f"/drafts/room/{event.rooms['support']}", {"body": "Mein Thema", "title": "T"})
    assert "Mein Thema" in bela.client.get(f"/rooms/{event.rooms['support']}/threads/new").text

    ada.api.put(f"/threads/{thread['id']}/hiding")
    assert bela.client.get(page).status_code == 404
    assert bela.client.post(place, {"body": "Mein Text, weiter"}).status_code == 303
    listed = bela.client.get("/drafts").text
    assert "Mein Text, weiter" in listed
    assert "Geheimer Titel" not in listed
    assert page not in listed

    removed(forum, olga, bela)
    listed = bela.client.get("/drafts").text
    assert "Mein Text, weiter" in listed
    assert "Mein Thema" in listed
    assert event.rooms["support"] not in listed.replace(f"/drafts/room/{event.rooms['support']}", "")


def test_what_is_refused_is_kept(forum: Stage, ada: Person, bela: Person, event: Gathering) -> None:
    """A form that is rejected, a topic locked meanwhile, a text that is too long: the words are a draft then."""
    thread = opened(bela, event.rooms["support"])
    page, target = f"/threads/{thread['id']}", f"/threads/{thread['id']}/posts"
    long = "Wort " * 2100
    refused = bela.client.post(target, {"body": long})
    assert refused.status_code == 422
    assert typed(refused).strip() == long.strip()
    assert typed(bela.browser().get(page)).strip() == long.strip()

    ada.api.put(f"/threads/{thread['id']}/lock")
    locked = bela.client.post(target, {"body": "Zu spät gesendet"})
    assert locked.status_code == 403
    assert "Zu spät gesendet" in locked.text
    assert '<a href="/drafts">' in locked.text
    assert typed(bela.client.get(page)) == "Zu spät gesendet"

    parted = bela.client.post(
        f"/rooms/{event.rooms['support']}/threads", {"title": " \u200b", "body": "Mit leerem Titel"}
    )
    assert parted.status_code == 422
    assert typed(bela.client.get(f"/rooms/{event.rooms['support']}/threads/new")) == "Mit leerem Titel"


def test_an_edit_that_comes_too_late_is_kept_with_the_version_it_began_from(
    forum: Stage, bela: Person, event: Gathering
) -> None:
    post = opened(bela, event.rooms["support"])["opening_post"]
    page = f"/posts/{post['id']}/edit"
    bela.client.post(f"/drafts/edit/{post['id']}", {"body": "Im ersten Fenster", "version": "1"})
    bela.api.patch(f"/posts/{post['id']}", {"body": "Im zweiten Fenster"}, version=1)
    again = bela.client.get(page)
    assert typed(again) == "Im ersten Fenster"
    assert 'name="version" value="1"' in again.text
    stale = bela.client.post(page, {"body": "Im ersten Fenster", "version": "1"})
    assert stale.status_code == 412
    assert "Im zweiten Fenster" in stale.text
    assert typed(stale) == "Im ersten Fenster"
    assert bela.client.post(page, {"body": "Im ersten Fenster", "version": "2"}).status_code == 303
    assert rows(forum) == 0


def test_a_change_that_is_pressed_twice_is_made_once(forum: Stage, bela: Person, event: Gathering) -> None:
    post = opened(bela, event.rooms["support"])["opening_post"]
    page = f"/posts/{post['id']}/edit"
    for _press in range(2):
        assert bela.client.post(page, {"body": "Anders", "version": "1"}).status_code == 303
    assert bela.api.get(f"/posts/{post['id']}").get_json()["version"] == 2
    assert rows(forum) == 0
    assert bela.client.post(page, {"body": "Ganz anders", "version": "1"}).status_code == 412
    assert bela.client.post(page, {"body": "Anders", "version": "1", "warning": "Neu"}).status_code == 412


def test_drafts_survive_sign_out_and_an_ended_session(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    page = f"/threads/{thread['id']}"
    with forum.inside():
        from forum.people import actions as people
        from forum.people import queries as accounts

        link = people.create_link(accounts.get_account(bela.account_id))
    bela.client.post(f"/drafts/thread/{thread['id']}", {"body": "Bleibt da"})
    assert bela.client.post("/sign-out").status_code == 303
    assert bela.client.get(page).status_code == 303
    browser = Browser(forum)
    assert browser.sign_in_by(link).status_code == 303
    assert typed(browser.get(page)) == "Bleibt da"


def test_a_text_sent_after_the_session_ended_comes_back(forum: Stage, bela: Person, event: Gathering) -> None:
    """Idle for half an hour, then sent: the page gives it back; after signing in elsewhere it can be sent from there."""
    from forum.people import actions as people
    from forum.people import queries as accounts
    from forum.people.models import Session

    thread = opened(bela, event.rooms["support"])
    target = f"/threads/{thread['id']}/posts"
    browser = bela.browser()
    browser.post(f"/drafts/thread/{thread['id']}", {"body": "Vorher gesichert"})
    old = browser.csrf
    key = "einmal"
    with forum.inside(), db.engine.begin() as connection:
        connection.execute(sa.update(Session).values(idle_until=clock.now() - timedelta(minutes=1)))
    ended = browser.post(target, {"body": "Nach der Pause", "key": key})
    assert ended.status_code == 401
    assert "Nach der Pause" in ended.text
    assert f'name="key" value="{key}"' in ended.text
    assert 'target="_blank"' in ended.text

    with forum.inside():
        link = people.create_link(accounts.get_account(bela.account_id))
    browser.sign_in_by(link)
    assert typed(browser.get(f"/threads/{thread['id']}")) == "Vorher gesichert"
    stale = browser.raw.post(target, data={"csrf_token": old, "body": "Nach der Pause", "key": key})
    assert stale.status_code == 400
    assert "Nach der Pause" in stale.text
    fresh = re.search(r'<form method="post" action="([^"]*)">\s*<input[^>]*value="([^"]+)"', stale.text)
    assert fresh
    for _double in range(2):
        sent = browser.raw.post(fresh[1], data={"csrf_token": fresh[2], "body": "Nach der Pause", "key": key})
        assert sent.status_code == 303
    page = bela.api.all(f"/threads/{thread['id']}/posts")
    assert [post["body"] for post in page].count("Nach der Pause") == 1
    assert rows(forum) == 0


def test_a_save_that_arrives_after_sending_keeps_nothing(
    forum: Stage, bela: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    target = f"/threads/{thread['id']}/posts"
    assert bela.client.post(target, {"body": "Gesendet", "key": "schlüssel"}).status_code == 303
    late = bela.client.post(
        f"/drafts/thread/{thread['id']}",
        {"body": "Gesendet", "key": "schlüssel"},
        headers={"Accept": "application/json"},
    )
    assert late.get_json() == {"said": ""}
    assert rows(forum) == 0


def test_an_emptied_draft_is_none(forum: Stage, bela: Person, event: Gathering) -> None:
    place = f"/drafts/room/{event.rooms['support']}"
    bela.client.post(place, {"title": "Nur ein Titel", "body": ""})
    assert rows(forum) == 1
    bela.client.post(place, {"title": "  ", "body": "\n", "warning": "bleibt stehen"})
    assert rows(forum) == 0


def test_throwing_away_asks_first(forum: Stage, bela: Person, event: Gathering) -> None:
    place = f"/drafts/room/{event.rooms['support']}"
    bela.client.post(place, {"title": "Titel", "body": "Weg damit"})
    asked = bela.client.get(f"{place}/removal")
    assert "Weg damit" in asked.text
    assert rows(forum) == 1
    assert bela.client.post(f"{place}/removal").location == "/drafts"
    assert rows(forum) == 0
    assert bela.client.post(f"{place}/removal").status_code == 404


def test_no_state_changes_by_looking_or_without_the_secret(
    forum: Stage, bela: Person, event: Gathering
) -> None:
    place = f"/drafts/room/{event.rooms['support']}"
    bela.client.post(place, {"body": "Bleibt"})
    for path in ("/drafts", place, f"{place}/removal"):
        bela.client.get(path)
    assert bela.client.raw.post(place, data={"body": "Fremd"}).status_code == 400
    assert bela.client.raw.post(f"{place}/removal").status_code == 400
    assert bela.client.get(place).get_json()["fields"]["body"] == ["Bleibt"]


def test_limits(forum: Stage, bela: Person, event: Gathering, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"/drafts/room/{event.rooms['support']}"
    parts = {"content_type": "multipart/form-data"}
    assert bela.client.post(place, {"body": "ä" * drafts.LONGEST}, **parts).status_code == 303
    too_long = bela.client.post(place, {"body": "ä" * (drafts.LONGEST + 1)}, **parts)
    assert too_long.status_code == 422
    assert "ä" * (drafts.LONGEST + 1) in too_long.text
    monkeypatch.setattr(drafts, "MOST", 2)
    thread = opened(bela, event.rooms["support"])
    assert bela.client.post(f"/drafts/thread/{thread['id']}", {"body": "zwei"}).status_code == 303
    third = f"/drafts/edit/{thread['opening_post']['id']}"
    assert bela.client.post(third, {"body": "drei"}).status_code == 422
    assert bela.client.post(place, {"body": "eins, anders"}).status_code == 303


def test_drafts_are_forgotten_after_sixty_days(either: Stage, bela: Person, event: Gathering) -> None:
    bela.client.post(f"/drafts/room/{event.rooms['support']}", {"body": "Alt"})
    for days, left in ((59, 1), (62, 0)):
        with either.inside(), clock.at(clock.now() + timedelta(days=days)):
            drafts.sweep()
        assert rows(either) == left


def test_all_drafts_of_an_account_can_be_forgotten(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    for person in (bela, cem):
        person.client.post(f"/drafts/room/{event.rooms['support']}", {"body": "Etwas"})
    with forum.inside():
        drafts.forget(bela.account_id)
    assert "Etwas" not in bela.client.get("/drafts").text
    assert "Etwas" in cem.client.get("/drafts").text


def test_a_lost_key_loses_drafts_and_nothing_else(
    forum: Stage, bela: Person, event: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    bela.client.post(f"/drafts/room/{event.rooms['support']}", {"body": "Etwas"})
    monkeypatch.setattr(keys, "_seals", b"x" * 32)
    assert bela.client.get("/drafts").status_code == 200
    page = bela.client.get(f"/rooms/{event.rooms['support']}/threads/new")
    assert page.status_code == 200
    assert typed(page) == ""
