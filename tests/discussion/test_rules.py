"""Who may post when: every rule of a room at every door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from forum import clock
from forum.db import db
from forum.discussion.models import Pace
from forum.people import actions as people
from forum.people import queries as accounts
from tests.builders import another_event, opened, ruled, said
from tests.cast import Gathering, Person
from tests.stage import Stage

Door = Callable[[Person, str, dict], TestResponse]
"""A way to write something: who, in which room, with which thread and post at hand."""

DOORS: dict[str, Door] = {
    "topic by page": lambda who, room, at: who.client.post(
        f"/rooms/{room}/threads", {"title": "Neues Thema", "body": "Mühsam getippt."}
    ),
    "topic by API": lambda who, room, at: who.api.post(
        f"/rooms/{room}/threads", {"title": "Neues Thema", "body": "Mühsam getippt."}
    ),
    "answer by page": lambda who, room, at: who.client.post(
        f"/threads/{at['thread']}/posts", {"body": "Mühsam getippt.", "parent": at["post"]}
    ),
    "post by page": lambda who, room, at: who.client.post(
        f"/threads/{at['thread']}/posts", {"body": "Mühsam getippt."}
    ),
    "post by API": lambda who, room, at: who.api.post(
        f"/threads/{at['thread']}/posts", {"body": "Mühsam getippt."}
    ),
    "change by page": lambda who, room, at: who.client.post(
        f"/posts/{at['post']}/edit", {"body": "Mühsam getippt.", "version": "1"}
    ),
    "change by API": lambda who, room, at: who.api.patch(
        f"/posts/{at['post']}", {"body": "Mühsam getippt."}, version=1
    ),
}
NEW = [door for door in DOORS if "change" not in door]
INSIDE = [door for door in DOORS if "topic" not in door]


def at_hand(who: Person, room: str) -> dict[str, str]:
    """A thread of somebody's own, and a post of theirs in it."""
    thread = opened(who, room)
    return {"thread": thread["id"], "post": said(who, thread)["id"]}


def closed(forum: Stage, ada: Person, olga: Person, event: Gathering, thread: str) -> None:
    ruled(forum, olga, event.rooms["approaches"], posting=["during"])


def locked(forum: Stage, ada: Person, olga: Person, event: Gathering, thread: str) -> None:
    assert ada.api.put(f"/threads/{thread}/lock").status_code == 200


def thread_hidden(forum: Stage, ada: Person, olga: Person, event: Gathering, thread: str) -> None:
    assert ada.api.put(f"/threads/{thread}/hiding").status_code == 200


RULES = {
    "closed in this phase": (closed, DOORS, 403),
    "archived": (None, DOORS, 403),
    "locked": (locked, INSIDE, 403),
    "hidden": (thread_hidden, INSIDE, 404),
}
TABLE = [
    pytest.param(rule, door, status, id=f"{rule}: {door}")
    for rule, (_, doors, status) in RULES.items()
    for door in doors
]


@pytest.mark.parametrize(("rule", "door", "status"), TABLE)
def test_every_rule_at_every_door(
    forum: Stage, ada: Person, bela: Person, olga: Person, event: Gathering, rule: str, door: str, status: int
) -> None:
    at = at_hand(bela, event.rooms["approaches"])
    before = bela.api.get(f"/threads/{at['thread']}").get_json()["counts"]
    make = RULES[rule][0]
    if make is not None:
        make(forum, ada, olga, event, at["thread"])
    moment = event.moment("archived") if rule == "archived" else clock.now()
    with clock.at(moment):
        if rule == "archived":
            _sign_in_again(forum, bela)
        answer = DOORS[door](bela, event.rooms["approaches"], at)
    assert answer.status_code == status, answer.text
    if "page" in door:
        assert "Mühsam getippt." in answer.text, "nothing that was typed is lost"
    else:
        assert answer.get_json()["status"] == status
    if rule != "hidden":
        assert bela.api.get(f"/threads/{at['thread']}").get_json()["counts"] == before


def _sign_in_again(forum: Stage, who: Person) -> None:
    """After weeks the session of the beginning has ended."""
    with forum.inside():
        secret = people.create_link(accounts.get_account(who.account_id))
    assert who.client.sign_in_by(secret).status_code == 303


@pytest.mark.parametrize("rule", ["closed in this phase", "locked"])
def test_whom_a_rule_does_not_bind(
    forum: Stage, ada: Person, bela: Person, fay: Person, olga: Person, event: Gathering, rule: str
) -> None:
    at = at_hand(bela, event.rooms["approaches"])
    make = RULES[rule][0]
    assert make is not None
    make(forum, ada, olga, event, at["thread"])
    assert DOORS["post by API"](ada, "", at).status_code == 201
    assert DOORS["post by page"](ada, "", at).status_code == 303
    wanted = 201 if rule == "closed in this phase" else 403
    for who in (fay, olga):
        assert DOORS["post by API"](who, "", at).status_code == wanted


@pytest.mark.parametrize("door", NEW)
def test_slow_mode_at_every_door(
    forum: Stage, bela: Person, cem: Person, olga: Person, event: Gathering, door: str
) -> None:
    room, other = event.rooms["approaches"], event.rooms["support"]
    at = at_hand(bela, room)
    ruled(forum, olga, room, pause=60)
    begun = clock.now()
    with clock.at(begun):
        assert DOORS["post by API"](bela, room, at).status_code == 201
    with clock.at(begun + timedelta(seconds=20)):
        answer = DOORS[door](bela, room, at)
        assert answer.status_code == 429, answer.text
        assert 39 <= int(answer.headers["Retry-After"]) <= 41
        if "page" in door:
            assert "Mühsam getippt." in answer.text
        else:
            assert answer.content_type == "application/problem+json"
        assert DOORS["change by API"](bela, room, at).status_code == 200, "a change is no new post"
        assert DOORS[door](cem, room, at).status_code in (201, 303), "each waits for themselves"
        assert opened(bela, other)["id"], "in another room one may write"
    with clock.at(begun + timedelta(seconds=61)):
        assert DOORS[door](bela, room, at).status_code in (201, 303)
        assert DOORS[door](bela, room, at).status_code == 429


def test_slow_mode_binds_participants_alone(
    forum: Stage, ada: Person, bela: Person, fay: Person, olga: Person, event: Gathering
) -> None:
    room = event.rooms["approaches"]
    at = at_hand(bela, room)
    ruled(forum, olga, room, pause=3600)
    assert bela.api.get(f"/rooms/{room}").get_json()["pause"] == 3600
    for who in (ada, fay, olga):
        assert [DOORS["post by API"](who, room, at).status_code for _ in range(2)] == [201, 201]
    begun = clock.now()
    with clock.at(begun):
        refused = bela.api.post(f"/threads/{at['thread']}/posts", {"body": "Gut", "parent": "a" * 26})
        assert refused.status_code == 422
        key = {"body": "Einmal", "key": "k" * 20}
        first = bela.client.post(f"/threads/{at['thread']}/posts", key)
        again = bela.client.post(f"/threads/{at['thread']}/posts", key)
        assert first.status_code == again.status_code == 303, "a double click is no second post"
    with forum.inside():
        assert db.session.query(Pace).count() == 1
    with clock.at(begun + timedelta(hours=2)):
        assert DOORS["post by API"](bela, room, at).status_code == 201
        with forum.inside():
            assert db.session.query(Pace).count() == 1, "what has passed is not kept"
        ruled(forum, olga, room, pause=30)
        assert DOORS["post by API"](bela, room, at).status_code == 201, "a shorter rule holds at once"


def test_the_organiser_sets_slow_mode(forum: Stage, olga: Person, event: Gathering) -> None:
    room = event.rooms["approaches"]
    form = {"title_de": "Ansätze", "names": "own", "posting": ["before"], "pause": "300", "hue": "sea"}
    page = olga.client.get(f"/rooms/{room}/settings")
    assert page.status_code == 200
    assert 'name="pause"' in page.text
    assert olga.client.post(f"/rooms/{room}/settings", form).status_code == 303
    assert olga.api.get(f"/rooms/{room}").get_json()["pause"] == 300
    for wrong in ("7", "-1", "x", "99999999999999999999"):
        assert olga.client.post(f"/rooms/{room}/settings", {**form, "pause": wrong}).status_code == 422


@pytest.mark.parametrize(
    "title", ["", "   ", "\u00a0\u2003", "\u200b\u200d", "\u3164", "\u2800", "\u202e", "\n\t"]
)
def test_titles_that_show_nothing(forum: Stage, bela: Person, event: Gathering, title: str) -> None:
    room = event.rooms["approaches"]
    sent = {"title": title, "body": "Mühsam getippt."}
    refused = bela.api.post(f"/rooms/{room}/threads", sent)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == "/title"
    page = bela.client.post(f"/rooms/{room}/threads", sent)
    assert page.status_code == 422
    assert 'id="title-error"' in page.text
    assert "Mühsam getippt." in page.text


def test_parents_that_are_none(
    forum: Stage, bela: Person, cem: Person, olga: Person, event: Gathering
) -> None:
    room = event.rooms["approaches"]
    thread, elsewhere = opened(bela, room), opened(bela, room)
    waiting = opened(bela, event.rooms["shrinking-spaces"])
    foreign = opened(olga, another_event(forum, olga).rooms["only"])
    answers = []
    for parent in (
        elsewhere["opening_post"]["id"],
        waiting["opening_post"]["id"],
        foreign["opening_post"]["id"],
        "a" * 26,
        "'; --",
    ):
        refused = cem.api.post(f"/threads/{thread['id']}/posts", {"body": "Text", "parent": parent})
        assert refused.status_code == 422
        assert refused.get_json()["errors"][0]["pointer"] == "/parent"
        answers.append(refused.get_json())
    assert all(answer == answers[0] for answer in answers), "all look alike"


def test_no_cycle_can_be_made(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"])
    post = said(bela, thread)
    for parent in (post["id"], thread["opening_post"]["id"]):
        moved = bela.api.patch(
            f"/posts/{thread['opening_post']['id']}", {"body": "Neu", "parent": parent}, version=1
        )
        assert moved.status_code == 422, "a parent is given once and for ever"
        assert moved.get_json()["errors"][0]["pointer"] == "/parent"
