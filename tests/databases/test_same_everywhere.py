"""The same answers on SQLite and on PostgreSQL, and nothing lost or doubled when many write at once."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from forum import clock
from forum.db import db
from tests.builders import hidden, judged, opened, ruled, said, word
from tests.cast import Gathering, Person
from tests.stage import Stage


def test_it_is_the_database_that_was_asked_for(forum: Stage) -> None:
    with forum.inside():
        assert db.engine.dialect.name == forum.kind


def test_a_day_in_the_forum(forum: Stage, cast: dict[str, Person], event: Gathering) -> None:
    ada, bela, cem, fay, olga = (cast[key] for key in ("ada", "bela", "cem", "fay", "olga"))
    room = event.rooms["support"]
    thread = opened(bela, room, "Größe, عربي, 👍🏽", "**Grüße** aus Köln.\n\nالثقة تُبنى ببطء.")
    first = said(cem, thread, "Ja.", warning="Kurz")
    below = said(bela, thread, "Danke.", first)
    second = said(cem, thread, "Und noch etwas.")
    assert bela.api.get(f"/threads/{thread['id']}").get_json()["title"] == "Größe, عربي, 👍🏽"
    order = [thread["opening_post"]["id"], first["id"], below["id"], second["id"]]
    for limit in (1, 3, 100):
        assert [post["id"] for post in bela.api.all(f"/threads/{thread['id']}/posts", limit=limit)] == order
    assert cem.api.patch(f"/posts/{first['id']}", {"body": "Nein."}, version=1).get_json()["version"] == 2
    assert cem.api.patch(f"/posts/{first['id']}", {"body": "Doch."}, version=1).status_code == 412
    bela.api.put(f"/posts/{first['id']}/reactions/agree")
    ada.api.put(f"/posts/{below['id']}/pin")
    hidden(ada, second)
    assert bela.api.get(f"/posts/{second['id']}").get_json()["body"] is None
    cem.api.delete(f"/posts/{first['id']}")
    waiting = opened(cem, event.rooms["shrinking-spaces"])
    assert bela.api.get(f"/threads/{waiting['id']}").status_code == 404
    judged(ada, waiting["opening_post"])
    assert bela.api.get(f"/threads/{waiting['id']}").status_code == 200
    ruled(forum, olga, event.rooms["challenges"], names="alias")
    alias = opened(bela, event.rooms["challenges"])["opening_post"]["author"]
    assert (alias["alias"], alias["member"]) == (True, None)
    kinds = [c["kind"] for c in bela.api.get(f"/threads/{thread['id']}/changes").get_json()["changes"]]
    assert kinds == ["post.created"] * 4 + [
        "post.edited",
        "post.reactions",
        "post.pinned",
        "post.hidden",
        "post.deleted",
    ]
    summary = fay.api.post(
        f"/events/{event.id}/summaries", {"title": "Ernte", "rooms": list(event.rooms.values())}
    )
    assert summary.get_json()["sections"][3]["sources"] == [below["id"], thread["opening_post"]["id"]]
    for address in (
        f"/threads/{thread['id']}",
        f"/rooms/{room}",
        f"/events/{event.id}",
        f"/summaries/{summary.get_json()['id']}",
    ):
        assert fay.client.get(address).status_code == 200
    assert fay.api.get(f"/events/{event.id}/export?format=csv&attribution=groups").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("a\u0000b", 422),
        ("\ud800", 422),
        ("\uffff", 422),
        ("ä" * 10_000, 201),
        ("👍" * 10_000, 201),
        ("x" * 10_001, 422),
        ("%s %% \\ ' \" ` $1 :x", 201),
        ("e\u0301", 201),
    ],
    ids=[
        "NUL",
        "surrogate",
        "no character",
        "longest",
        "longest of four bytes",
        "too long",
        "quotes",
        "composed",
    ],
)
def test_bad_input_is_refused_alike(
    forum: Stage, bela: Person, event: Gathering, body: str, status: int
) -> None:
    import json

    sent = json.dumps({"title": "T", "body": body}, ensure_ascii=status != 201)
    answer = bela.api.post(
        f"/rooms/{event.rooms['support']}/threads",
        data=sent.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == status
    if status == 201:
        import unicodedata

        assert answer.get_json()["opening_post"]["body"] == unicodedata.normalize("NFC", body)


def test_times_are_kept_to_the_microsecond_and_in_utc(forum: Stage, bela: Person, event: Gathering) -> None:
    from forum.discussion.models import Post

    moment = event.moment("during").replace(microsecond=123_456)
    with clock.at(moment):
        post = opened(bela, event.rooms["support"])["opening_post"]
    with forum.inside():
        stored = db.session.get_one(Post, post["id"])
        assert stored.created_at == moment
        assert stored.created_at.utcoffset() is not None


def test_revisions_have_no_gap_however_many_write_at_once(
    forum: Stage, cast: dict[str, Person], event: Gathering
) -> None:
    ada, bela, cem, fay = (cast[key] for key in ("ada", "bela", "cem", "fay"))
    threads = [opened(bela, event.rooms["support"]) for _ in range(2)]
    begun = {thread["id"]: said(cem, thread) for thread in threads}

    def write(number: int) -> int:
        dice = random.Random(number)
        thread = threads[number % 2]
        post = begun[thread["id"]]["id"]
        person = (bela, cem, fay)[number % 3]
        act = dice.randrange(4)
        if act == 0:
            return person.api.put(f"/posts/{post}/reactions/{dice.choice(['agree', 'thanks'])}").status_code
        if act == 1:
            return ada.api.put(f"/threads/{thread['id']}/pin").status_code
        parent = {"parent": post} if dice.random() < 0.5 else {}
        return person.api.post(
            f"/threads/{thread['id']}/posts", {"body": f"Beitrag {number}.", **parent}
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(write, range(60)))
    assert set(statuses) <= {200, 201}
    for thread in threads:
        answer = ada.api.get(f"/threads/{thread['id']}/changes").get_json()
        numbers = [change["revision"] for change in answer["changes"]]
        assert numbers == list(range(1, answer["revision"] + 1))
        posts = ada.api.all(f"/threads/{thread['id']}/posts")
        assert len({post["id"] for post in posts}) == len(posts)
        made = [c["post"]["id"] for c in answer["changes"] if c["kind"] == "post.created"]
        assert Counter(made) == Counter(post["id"] for post in posts)
        state = ada.api.get(f"/threads/{thread['id']}").get_json()
        assert (state["revision"], state["counts"]["posts"]) == (answer["revision"], len(posts))
    assert sum(len(ada.api.all(f"/threads/{t['id']}/posts")) for t in threads) == 4 + statuses[201]


def test_one_key_makes_one_post_however_often_it_comes_at_once(
    forum: Stage, bela: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    path = f"/threads/{thread['id']}/posts"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: bela.api.post(path, {"body": "Einmal."}, key="k"), range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.get_json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(bela.api.all(path)) == 2


def test_deciding_at_once_decides_once(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    post = thread["opening_post"]["id"]
    waiting = opened(bela, event.rooms["shrinking-spaces"])["opening_post"]
    acts: list[Any] = [
        lambda: ada.api.put(f"/posts/{post}/hiding", {"reason": "abuse"}),
        lambda: ada.api.put(f"/threads/{thread['id']}/lock"),
        lambda: cem.api.put(f"/posts/{post}/reactions/agree"),
        lambda: ada.api.post(f"/posts/{waiting['id']}/verdict", {"verdict": "approve"}),
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda act: act().status_code, acts * 6))
    assert set(answers) <= {200, 403}, "403: nobody reacts to a post that is hidden"
    changes = ada.api.get(f"/threads/{thread['id']}/changes").get_json()["changes"]
    kinds = Counter(change["kind"] for change in changes)
    assert (kinds["post.hidden"], kinds["thread.locked"]) == (1, 1)
    assert kinds["post.reactions"] <= 1
    created = ada.api.get(f"/threads/{waiting['thread']}/changes").get_json()["changes"]
    assert [change["kind"] for change in created] == ["post.created"]


def test_a_failed_action_leaves_nothing(
    forum: Stage, bela: Person, event: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forum.discussion import actions

    thread = opened(bela, event.rooms["support"])
    before = forum.rows()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("mitten im Schreiben")

    with monkeypatch.context() as crash:
        crash.setattr(actions, "_announce", broken)
        answer = bela.api.post(f"/threads/{thread['id']}/posts", {"body": word()}, key="k")
        assert answer.status_code == 500
    assert forum.rows() == before
    assert bela.api.post(f"/threads/{thread['id']}/posts", {"body": "Jetzt."}, key="k").status_code == 201


def test_a_listener_that_fails_afterwards_undoes_nothing(
    forum: Stage, bela: Person, event: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forum import db as machinery
    from forum.changes import PostCreated

    def broken(_: object) -> None:
        raise RuntimeError("eine Glocke ist gesprungen")

    monkeypatch.setitem(machinery.AFTERWARDS, PostCreated, (broken, *machinery.AFTERWARDS[PostCreated]))
    thread = opened(bela, event.rooms["support"])
    assert bela.api.get(f"/threads/{thread['id']}").get_json()["revision"] == 1


def test_record_belongs_into_an_action(forum: Stage) -> None:
    from forum.changes import ThreadLocked
    from forum.db import atomic, record

    with forum.inside(), pytest.raises(RuntimeError):
        record(ThreadLocked(thread_id="x"))

    @atomic
    def outer() -> None:
        db.session.execute(sa.text("UPDATE account SET name = 'Anders'"))
        inner()

    @atomic
    def inner() -> None:
        raise KeyError("drinnen")

    with forum.inside():
        with pytest.raises(KeyError):
            outer()
        names = db.session.scalars(sa.text("SELECT name FROM account")).all()
    assert "Anders" not in names, "the outermost commits, or nobody"
