"""Rooms that are read first: what waits exists for its author and the moderators alone."""

from __future__ import annotations

from typing import Any

import pytest

from forum import clock
from tests.builders import judged, opened, ruled, said
from tests.cast import Gathering, Person, told
from tests.stage import Stage


@pytest.fixture
def room(event: Gathering) -> str:
    """The room that is pre-moderated."""
    return event.rooms["shrinking-spaces"]


def test_a_topic_waits_until_a_moderator_approves_it(
    forum: Stage,
    ada: Person,
    bela: Person,
    cem: Person,
    fay: Person,
    olga: Person,
    room: str,
    event: Gathering,
) -> None:
    thread = opened(bela, room, "Unter uns", "Geheimnis")
    opening = thread["opening_post"]
    assert (opening["state"], thread["revision"]) == ("pending", 0)
    for person in (ada, bela):
        assert person.api.get(f"/threads/{thread['id']}").status_code == 200
        assert person.api.get(f"/posts/{opening['id']}").get_json()["body"] == "Geheimnis"
        assert "Unter uns" in person.client.get(f"/rooms/{room}").text
    for person in (cem, fay, olga):
        for path in (
            f"/threads/{thread['id']}",
            f"/threads/{thread['id']}/posts",
            f"/threads/{thread['id']}/changes",
            f"/posts/{opening['id']}",
        ):
            assert person.api.get(path).status_code == 404
            assert person.client.get(f"{path}?after=0").status_code == (
                405 if path.endswith("/posts") else 404
            )
        assert person.api.all(f"/rooms/{room}/threads") == []
        assert "Unter uns" not in person.client.get(f"/rooms/{room}").text
        assert "Unter uns" not in person.client.get(f"/events/{event.id}").text
    for person in (cem, fay, olga, bela):
        answer = person.api.post(f"/posts/{opening['id']}/verdict", {"verdict": "approve"})
        assert answer.status_code == (403 if person is bela else 404)

    assert judged(ada, opening)["state"] == "published"
    assert cem.api.get(f"/threads/{thread['id']}").get_json()["revision"] == 1
    assert [t["id"] for t in cem.api.all(f"/rooms/{room}/threads")] == [thread["id"]]
    changes = cem.api.get(f"/threads/{thread['id']}/changes").get_json()["changes"]
    assert [(c["revision"], c["kind"]) for c in changes] == [(1, "post.created")]


def test_an_answer_that_waits_takes_no_number_and_no_place(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, room: str
) -> None:
    thread = opened(fay, room)
    assert thread["opening_post"]["state"] == "published", "participants' posts wait, nobody else's"
    waiting = said(bela, thread, "Wartet.")
    rejected = said(bela, thread, "Wird nichts.")
    later = said(fay, thread, "Später.")
    assert (waiting["state"], later["state"]) == ("pending", "published")

    def seen(person: Person) -> list[str]:
        return [post["id"] for post in person.api.all(f"/threads/{thread['id']}/posts")]

    opening = thread["opening_post"]["id"]
    assert seen(cem) == [opening, later["id"]]
    assert set(seen(bela)) == set(seen(ada)) == {opening, waiting["id"], rejected["id"], later["id"]}
    state = cem.api.get(f"/threads/{thread['id']}").get_json()
    assert (state["revision"], state["counts"]) == (2, {"posts": 2})

    judged(ada, rejected, "reject")
    assert cem.api.get(f"/posts/{rejected['id']}").status_code == 404
    assert bela.api.get(f"/posts/{rejected['id']}").get_json()["state"] == "rejected"
    judged(ada, waiting)
    assert seen(cem) == [opening, later["id"], waiting["id"]], "it is new now, and stands last"
    changes = cem.api.get(f"/threads/{thread['id']}/changes?after=2").get_json()
    assert [(c["revision"], c["kind"], c["post"]["id"]) for c in changes["changes"]] == [
        (3, "post.created", waiting["id"])
    ]
    assert waiting["id"] not in repr(cem.api.get(f"/threads/{thread['id']}/changes?after=3").get_json())


def test_nobody_learns_of_a_waiting_post_by_its_id(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, room: str
) -> None:
    thread = opened(fay, room)
    waiting = said(bela, thread)["id"]
    said(fay, thread)

    def asked(post: str) -> list[Any]:
        answers = [
            cem.api.get(f"/posts/{post}"),
            cem.api.delete(f"/posts/{post}"),
            cem.api.patch(f"/posts/{post}", {"body": "B"}, version=1),
            cem.api.put(f"/posts/{post}/reactions/agree"),
            cem.api.put(f"/posts/{post}/hiding", {"reason": "abuse"}),
            cem.api.post(f"/posts/{post}/verdict", {"verdict": "approve"}),
            cem.api.get(f"/threads/{thread['id']}/posts?after={post}"),
            cem.api.post(f"/threads/{thread['id']}/posts", {"body": "B", "parent": post}),
            cem.client.get(f"/posts/{post}"),
            cem.client.get(f"/posts/{post}/card"),
            cem.client.get(f"/posts/{post}/reply"),
            cem.client.get(f"/posts/{post}/edit"),
            cem.client.get(f"/posts/{post}/deletion"),
            cem.client.get(f"/threads/{thread['id']}?post={post}"),
            cem.client.get(f"/threads/{thread['id']}?after={post}"),
            cem.client.get(f"/threads/{thread['id']}?before={post}"),
        ]
        return [told(answer, post) for answer in answers]

    never_was = waiting[:-1] + ("a" if waiting[-1] != "a" else "b")
    assert cem.client.csrf
    with clock.at(clock.now()):
        for one, other in zip(asked(waiting), asked(never_was), strict=True):
            assert one == other


def test_its_author_may_change_and_take_back_what_waits(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, room: str
) -> None:
    thread = opened(fay, room)
    waiting = said(bela, thread, "Erste Fassung.")
    path = f"/posts/{waiting['id']}"
    assert bela.api.patch(path, {"body": "Zweite Fassung."}, version=1).status_code == 200
    assert ada.api.get(path).get_json()["body"] == "Zweite Fassung."
    judged(ada, waiting)
    assert bela.api.patch(path, {"body": "Dritte Fassung."}, version=2).status_code == 403, (
        "it was approved as it is"
    )
    assert cem.api.get(path).get_json()["body"] == "Zweite Fassung."

    other = said(bela, thread, "Doch nicht.")
    assert bela.api.delete(f"/posts/{other['id']}").get_json()["state"] == "deleted"
    assert cem.api.get(f"/posts/{other['id']}").status_code == 404, "nobody ever knew"
    answer = ada.api.post(f"/posts/{other['id']}/verdict", {"verdict": "approve"})
    assert answer.status_code == 409
    assert cem.api.get(f"/threads/{thread['id']}").get_json()["revision"] == 2


@pytest.mark.parametrize(
    ("state", "verdict", "status"),
    [
        ("pending", "approve", 200),
        ("pending", "reject", 200),
        ("published", "approve", 200),
        ("published", "reject", 409),
        ("rejected", "reject", 200),
        ("rejected", "approve", 409),
        ("pending", "burn", 422),
    ],
)
def test_verdicts(
    forum: Stage, ada: Person, bela: Person, fay: Person, room: str, state: str, verdict: str, status: int
) -> None:
    post = said(bela, opened(fay, room))
    if state != "pending":
        judged(ada, post, "approve" if state == "published" else "reject")
    assert ada.api.post(f"/posts/{post['id']}/verdict", {"verdict": verdict}).status_code == status


def test_what_waits_can_be_judged_by_buttons(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, room: str
) -> None:
    thread = opened(fay, room)
    good, bad = said(bela, thread), said(bela, thread)
    assert bela.client.post(f"/posts/{good['id']}/approval").status_code == 403
    assert ada.client.post(f"/posts/{good['id']}/approval").status_code == 303
    assert ada.client.post(f"/posts/{bad['id']}/rejection").status_code == 303
    assert [cem.api.get(f"/posts/{post['id']}").status_code for post in (good, bad)] == [200, 404]


def test_only_a_published_post_can_be_hidden_or_pinned(
    forum: Stage, ada: Person, bela: Person, fay: Person, room: str
) -> None:
    post = said(bela, opened(fay, room))
    assert ada.api.put(f"/posts/{post['id']}/hiding", {"reason": "abuse"}).status_code == 409
    assert ada.api.put(f"/posts/{post['id']}/pin").status_code == 409
    assert bela.api.put(f"/posts/{post['id']}/reactions/agree").status_code == 403
    assert (
        bela.api.post(f"/threads/{post['thread']}/posts", {"body": "B", "parent": post["id"]}).status_code
        == 422
    )


def test_a_room_may_become_pre_moderated_and_open_again(
    forum: Stage, ada: Person, bela: Person, olga: Person, event: Gathering
) -> None:
    room = event.rooms["approaches"]
    thread = opened(bela, room)
    ruled(forum, olga, room, premoderation=True)
    assert said(bela, thread)["state"] == "pending"
    assert (
        bela.api.patch(f"/posts/{thread['opening_post']['id']}", {"body": "Neu."}, version=1).status_code
        == 403
    )
    ruled(forum, olga, room, premoderation=False)
    assert said(bela, thread)["state"] == "published"
