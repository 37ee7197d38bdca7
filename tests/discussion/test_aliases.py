"""Rooms where all write under an alias, or may: nobody can tell who it is, and the author is recognised again."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from forum.db import db
from forum.discussion.aliases import PLANTS, name_at
from forum.discussion.models import Post
from tests.builders import opened, ruled, said
from tests.cast import Gathering, Person
from tests.stage import Stage


@pytest.fixture
def room(forum: Stage, olga: Person, event: Gathering) -> str:
    """A room of aliases."""
    ruled(forum, olga, event.rooms["support"], names="alias")
    return event.rooms["support"]


def test_an_alias_is_the_same_in_a_thread_and_another_in_each(
    forum: Stage, bela: Person, cem: Person, room: str
) -> None:
    names: dict[str, list[str]] = {"bela": [], "cem": []}
    for _ in range(6):
        thread = opened(bela, room)
        first, second = said(bela, thread)["author"], thread["opening_post"]["author"]
        assert first == second
        assert (first["alias"], first["member"], first["group"]) == (True, None, "municipality")
        assert said(cem, thread)["author"]["name"] != first["name"]
        names["bela"].append(first["name"])
    assert len(set(names["bela"])) > 3, "another in each thread, but for chance"
    assert not set(names["bela"]) & {"Bela Sommer", "Bela"}


def test_neither_row_nor_answer_tells_who_it_is(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, room: str
) -> None:
    thread = opened(bela, room)
    post = said(bela, thread)
    cem.api.put(f"/posts/{post['id']}/reactions/agree")
    bela.api.put(f"/posts/{post['id']}/reactions/thanks")
    with forum.inside():
        tables = [
            t
            for t in db.metadata.sorted_tables
            if t.name not in ("account", "member", "session", "access_token", "sign_in_link")
        ]
        rows = repr([db.session.execute(sa.select(table)).all() for table in tables])
        stored = db.session.get_one(Post, post["id"])
        assert stored.member_id is None
    for person in (bela, cem):
        for secret in (person.account_id, person.member_id, person.name, person.email):
            assert secret not in rows, "a stolen database does not tell"
    for viewer in (ada, cem, fay):
        answers = [
            viewer.api.get(f"/threads/{thread['id']}/posts").text,
            viewer.api.get(f"/threads/{thread['id']}/changes").text,
            viewer.api.get(f"/posts/{post['id']}").text,
            viewer.client.get(f"/threads/{thread['id']}").text,
            viewer.client.get(f"/threads/{thread['id']}/changes?after=0").text,
            viewer.client.get(f"/posts/{post['id']}/card").text,
            viewer.client.get(f"/posts/{post['id']}/reply").text,
        ]
        if viewer is ada:
            answers.append(viewer.client.get(f"/posts/{post['id']}/hiding").text)
        for answer in answers:
            for secret in (bela.account_id, bela.member_id, bela.name, json.dumps(bela.name), stored.mark):
                assert secret not in answer


def test_its_author_is_recognised_again(
    forum: Stage, ada: Person, bela: Person, cem: Person, room: str
) -> None:
    post = opened(bela, room)["opening_post"]
    assert cem.api.patch(f"/posts/{post['id']}", {"body": "Fremd."}, version=1).status_code == 403
    assert ada.api.delete(f"/posts/{post['id']}").status_code == 403
    assert bela.api.patch(f"/posts/{post['id']}", {"body": "Eigen."}, version=1).status_code == 200
    assert f"/posts/{post['id']}/edit" in bela.client.get(f"/threads/{post['thread']}").text
    assert f"/posts/{post['id']}/edit" not in cem.client.get(f"/threads/{post['thread']}").text
    assert bela.api.delete(f"/posts/{post['id']}").status_code == 200


@pytest.mark.parametrize(
    ("names", "wish", "status", "alias", "why"),
    [
        ("own", None, 201, False, "everybody writes under their own name"),
        ("own", False, 201, False, "so does who says so"),
        ("own", True, 422, None, "no alias here"),
        ("alias", None, 201, True, "everybody writes under an alias"),
        ("alias", True, 201, True, "so does who says so"),
        ("alias", False, 422, None, "no names here"),
        ("choice", None, 201, False, "the own name unless one says otherwise"),
        ("choice", True, 201, True, "each as one likes"),
        ("choice", False, 201, False, "each as one likes"),
    ],
)
def test_under_which_name_one_writes(
    forum: Stage,
    olga: Person,
    bela: Person,
    event: Gathering,
    names: str,
    wish: bool | None,
    status: int,
    alias: bool | None,
    why: str,
) -> None:
    room = event.rooms["support"]
    ruled(forum, olga, room, names=names)
    assert bela.api.get(f"/rooms/{room}").get_json()["names"] == names
    answer = bela.api.post(f"/rooms/{room}/threads", {"title": "T", "body": "B", "alias": wish})
    assert answer.status_code == status, why
    if status == 201:
        author = answer.get_json()["opening_post"]["author"]
        assert (author["alias"], author["name"] == bela.name) == (alias, not alias), why


def test_a_thread_with_aliases_never_goes_where_names_are_shown(
    forum: Stage, ada: Person, bela: Person, olga: Person, room: str, event: Gathering
) -> None:
    thread = opened(bela, room)
    target = event.rooms["approaches"]
    assert ada.api.patch(f"/threads/{thread['id']}", {"room": target}).status_code == 422
    ruled(forum, olga, target, names="alias")
    assert ada.api.patch(f"/threads/{thread['id']}", {"room": target}).status_code == 200


def test_there_are_names_enough() -> None:
    assert len(set(PLANTS)) == len(PLANTS)
    assert len({name_at(position) for position in range(1000)}) == 1000


def test_nobody_is_counted_where_all_write_under_aliases(
    forum: Stage, bela: Person, cem: Person, room: str
) -> None:
    thread = opened(bela, room)
    sockets = bela.live(), cem.live()
    for socket in sockets:
        assert socket.follow(thread=thread["id"])["ok"]
    sockets[0].emit("typing", {"thread": thread["id"]})
    for socket in sockets:
        assert {packet["name"] for packet in socket.everything()} <= {"change"}
