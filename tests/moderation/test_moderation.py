"""What moderators do, and that nobody else can: hide, restore, pin; lock, hide, rename and move topics."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.builders import Json, another_event, hidden, opened, said
from tests.cast import Gathering, Person
from tests.stage import Stage

BY_API: dict[str, Callable[[Person, Json, Gathering], TestResponse]] = {
    "hide a post": lambda who, post, _: who.api.put(f"/posts/{post['id']}/hiding", {"reason": "spam"}),
    "restore a post": lambda who, post, _: who.api.delete(f"/posts/{post['id']}/hiding"),
    "pin a post": lambda who, post, _: who.api.put(f"/posts/{post['id']}/pin"),
    "unpin a post": lambda who, post, _: who.api.delete(f"/posts/{post['id']}/pin"),
    "lock a topic": lambda who, post, _: who.api.put(f"/threads/{post['thread']}/lock"),
    "unlock a topic": lambda who, post, _: who.api.delete(f"/threads/{post['thread']}/lock"),
    "pin a topic": lambda who, post, _: who.api.put(f"/threads/{post['thread']}/pin"),
    "unpin a topic": lambda who, post, _: who.api.delete(f"/threads/{post['thread']}/pin"),
    "hide a topic": lambda who, post, _: who.api.put(f"/threads/{post['thread']}/hiding"),
    "restore a topic": lambda who, post, _: who.api.delete(f"/threads/{post['thread']}/hiding"),
    "rename a topic": lambda who, post, _: who.api.patch(f"/threads/{post['thread']}", {"title": "Anders"}),
    "move a topic": lambda who, post, event: who.api.patch(
        f"/threads/{post['thread']}", {"room": event.rooms["challenges"]}
    ),
}
BY_PAGE: dict[str, Callable[[Person, Json, Gathering], TestResponse]] = {
    "hide a post": lambda who, post, _: who.client.post(f"/posts/{post['id']}/hiding", {"reason": "spam"}),
    "restore a post": lambda who, post, _: who.client.post(f"/posts/{post['id']}/restoration"),
    "pin a post": lambda who, post, _: who.client.post(f"/posts/{post['id']}/pin"),
    "unpin a post": lambda who, post, _: who.client.post(f"/posts/{post['id']}/unpin"),
    "lock a topic": lambda who, post, _: who.client.post(f"/threads/{post['thread']}/lock"),
    "unlock a topic": lambda who, post, _: who.client.post(f"/threads/{post['thread']}/unlock"),
    "pin a topic": lambda who, post, _: who.client.post(f"/threads/{post['thread']}/pin"),
    "unpin a topic": lambda who, post, _: who.client.post(f"/threads/{post['thread']}/unpin"),
    "hide a topic": lambda who, post, _: who.client.post(f"/threads/{post['thread']}/hiding"),
    "restore a topic": lambda who, post, _: who.client.post(f"/threads/{post['thread']}/restoration"),
    "rename a topic": lambda who, post, _: who.client.post(
        f"/threads/{post['thread']}/settings", {"title": "Anders"}
    ),
    "move a topic": lambda who, post, event: who.client.post(
        f"/threads/{post['thread']}/settings", {"title": "Partnerschaften", "room": event.rooms["challenges"]}
    ),
}


@pytest.mark.parametrize("verb", BY_API)
@pytest.mark.parametrize("way", ["api", "page"])
def test_a_moderator_may_and_nobody_else(
    forum: Stage, cast: dict[str, Person], event: Gathering, verb: str, way: str
) -> None:
    post = opened(cast["bela"], event.rooms["support"])["opening_post"]
    act = (BY_API if way == "api" else BY_PAGE)[verb]
    thread = f"/threads/{post['thread']}"
    before = cast["ada"].api.get(thread).get_json()
    for who, status in (("bela", 403), ("cem", 403), ("fay", 403), ("olga", 403), ("eve", 404)):
        assert act(cast[who], post, event).status_code == status, who
    assert cast["ada"].api.get(thread).get_json() == before, "a refusal changes nothing"
    for _ in range(2):
        assert act(cast["ada"], post, event).status_code == (200 if way == "api" else 303)
    changed = 0 if verb.startswith(("restore", "unpin", "unlock")) else 1
    after = cast["ada"].api.get(thread).get_json()
    assert after["revision"] == before["revision"] + changed, (
        "on a state that is already so nothing is decided again"
    )


def test_a_hidden_post_keeps_its_place_without_words(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    post = said(bela, thread, "Böse Worte.", warning="Vorsicht")
    path = f"/posts/{post['id']}"
    for wrong in ({}, {"reason": "because"}, {"reason": "abuse", "note": "x" * 1001}, {"reason": None}):
        assert ada.api.put(f"{path}/hiding", wrong).status_code == 422
    answer = ada.api.put(f"{path}/hiding", {"reason": "abuse", "note": "Dritter Fall."})
    assert (answer.status_code, answer.get_json()["body"]) == (200, "Böse Worte.")
    shown = cem.api.get(path).get_json()
    assert [shown[key] for key in ("state", "html", "body", "warning", "author")] == [
        "hidden",
        None,
        None,
        None,
        None,
    ]
    assert shown["notice"]["reason"] == "abuse"
    own = bela.api.get(path).get_json()
    assert (own["state"], own["body"], own["notice"]["reason"]) == ("hidden", "Böse Worte.", "abuse")
    for person in (bela, cem):
        page = person.client.get(f"/threads/{thread['id']}").text
        assert "Dritter Fall" not in page, "the note is for moderators alone"
        assert f'id="post-{post["id"]}"' in page
        assert ("Böse Worte" in page) is (person is bela)
    assert bela.api.patch(path, {"body": "Milder."}, version=1).status_code == 403
    again = ada.api.put(f"{path}/hiding", {"reason": "spam"}).get_json()
    assert again["notice"]["reason"] == "abuse", "on a state that is already so nothing is decided again"
    assert ada.api.delete(f"{path}/hiding").get_json()["state"] == "published"
    assert cem.api.get(path).get_json()["body"] == "Böse Worte."


def test_pinned_posts_stand_at_the_head_and_hidden_ones_do_not(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    post = said(bela, thread, "Das Wichtigste.")
    assert ada.api.put(f"/posts/{post['id']}/pin").get_json()["pinned"] is True
    assert cem.client.get(f"/threads/{thread['id']}").text.count("Das Wichtigste.") == 2
    hidden(ada, post)
    assert cem.client.get(f"/threads/{thread['id']}").text.count("Das Wichtigste.") == 0
    assert ada.api.put(f"/posts/{post['id']}/pin").status_code == 200, "it is pinned already"
    ada.api.delete(f"/posts/{post['id']}/hiding")
    bela.api.delete(f"/posts/{post['id']}")
    assert cem.api.get(f"/posts/{post['id']}").get_json()["pinned"] is False


def test_in_a_locked_topic_moderators_alone_write(
    forum: Stage, ada: Person, bela: Person, fay: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    path = f"/threads/{thread['id']}"
    assert ada.api.put(f"{path}/lock").get_json()["state"] == "locked"
    opening = f"/posts/{thread['opening_post']['id']}"
    for person in (bela, fay):
        assert person.api.post(f"{path}/posts", {"body": "Noch etwas."}).status_code == 403
    assert bela.api.patch(opening, {"body": "Anders."}, version=1).status_code == 403
    assert bela.api.put(f"{opening}/reactions/agree").status_code == 200, "one may still agree"
    assert ada.api.post(f"{path}/posts", {"body": "Hier ist Schluss."}).status_code == 201
    assert ada.api.delete(f"{path}/lock").get_json()["state"] == "open"
    assert bela.api.post(f"{path}/posts", {"body": "Noch etwas."}).status_code == 201


def test_a_hidden_topic_is_there_for_moderators_alone(
    forum: Stage, cast: dict[str, Person], event: Gathering
) -> None:
    ada, bela = cast["ada"], cast["bela"]
    thread = opened(bela, event.rooms["support"], "Verschwunden")
    path, opening = f"/threads/{thread['id']}", f"/posts/{thread['opening_post']['id']}"
    assert ada.api.put(f"{path}/hiding").get_json()["state"] == "hidden"
    for person in cast.values():
        seen = 200 if person is ada else 404
        for wanted in (path, f"{path}/posts", f"{path}/changes", opening):
            assert person.api.get(wanted).status_code == seen, (person.key, wanted)
        assert person.client.get(path).status_code == seen
        assert person.api.post(f"{path}/posts", {"body": "B"}).status_code == (403 if person is ada else 404)
    for person in (bela, cast["fay"], cast["olga"]):
        assert "Verschwunden" not in person.client.get(f"/rooms/{event.rooms['support']}").text
    assert bela.api.delete(opening).status_code == 404
    assert ada.api.delete(f"{path}/hiding").get_json()["state"] == "open"
    assert bela.api.get(path).status_code == 200


def test_a_topic_is_renamed_and_moved_within_the_event(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    other = another_event(forum, ada)
    thread = opened(bela, event.rooms["support"])
    path = f"/threads/{thread['id']}"
    assert ada.client.get(f"{path}/settings").status_code == 200
    for wrong in (
        {"title": ""},
        {"title": "x" * 201},
        {"room": other.rooms["only"]},
        {"room": "abc"},
        {"room": None},
        {"colour": "red"},
    ):
        assert ada.api.patch(path, wrong).status_code == 422, wrong
    assert ada.api.patch(path, {}).status_code == 200
    answer = ada.api.patch(path, {"title": "Besser gesagt", "room": event.rooms["challenges"]}).get_json()
    assert (answer["title"], answer["room"]) == ("Besser gesagt", event.rooms["challenges"])
    assert [t["id"] for t in cem.api.all(f"/rooms/{event.rooms['challenges']}/threads")] == [thread["id"]]
    assert cem.api.all(f"/rooms/{event.rooms['support']}/threads") == []
    kinds = [c["kind"] for c in cem.api.get(f"{path}/changes").get_json()["changes"]]
    assert kinds == ["post.created", "thread.renamed", "thread.moved"]


def test_a_moderator_moderates_in_their_own_event_alone(
    forum: Stage, ada: Person, fay: Person, event: Gathering
) -> None:
    other = another_event(forum, fay)
    post = opened(fay, other.rooms["only"])["opening_post"]
    for verb, act in BY_API.items():
        assert act(ada, post, event).status_code == 404, verb
