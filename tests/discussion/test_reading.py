"""Reading: tree order, pages by key, lists of threads, catching up."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.discussion import tree
from tests.builders import Json, another_event, hidden, opened, said
from tests.cast import Gathering, Person
from tests.stage import Stage


def naive(parents: list[int | None]) -> list[int]:
    """Reading order the slow way: each post, then all below it, in the order they were written."""

    def branch(post: int) -> list[int]:
        below = [child for child, parent in enumerate(parents) if parent == post]
        return [post, *(each for child in below for each in branch(child))]

    return [each for post, parent in enumerate(parents) if parent is None for each in branch(post)]


@st.composite
def forests(draw: st.DrawFn) -> list[int | None]:
    """For each post in the order of writing, which earlier one it answers."""
    parents: list[int | None] = [None]
    count = draw(st.integers(1, 40))
    return parents + [draw(st.none() | st.integers(0, number - 1)) for number in range(1, count)]


@given(forests())
@settings(max_examples=200, deadline=None)
def test_paths_compare_as_the_tree_reads(parents: list[int | None]) -> None:
    paths: list[bytes] = []
    for number, parent in enumerate(parents, 1):
        paths.append(tree.path(None if parent is None else paths[parent], number))
    assert sorted(range(len(paths)), key=lambda post: paths[post]) == naive(parents)
    for post, start in enumerate(paths):
        below = {other for other, path in enumerate(paths) if start <= path < tree.branch_end(start)}
        branch = [other for other in range(len(paths)) if paths[other][: len(start)] == start]
        assert below == set(branch), post


def test_a_path_stays_short_however_deep_the_talk() -> None:
    path = tree.path(None, 1)
    for number in range(2, 3000):
        longer = tree.path(path, number)
        assert longer > path
        path = longer
    assert len(path) <= tree.DEEPEST * tree.LEVEL


def talk(people: list[Person], room: str, count: int, seed: int = 7) -> tuple[Json, list[str]]:
    """A thread with answers at random places, and the ids of its posts in reading order."""
    dice = random.Random(seed)
    thread = opened(people[0], room)
    ids, parents = [thread["opening_post"]["id"]], [None]
    for _ in range(count):
        parent = dice.randrange(len(ids))
        ids.append(said(dice.choice(people), thread, "Aha.", ids[parent])["id"])
        parents.append(parent)
    return thread, [ids[post] for post in naive(parents)]  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_hold_every_post_once_in_reading_order(
    forum: Stage, bela: Person, cem: Person, event: Gathering, limit: int
) -> None:
    thread, ids = talk([bela, cem], event.rooms["support"], 24)
    posts = cem.api.all(f"/threads/{thread['id']}/posts", limit=limit)
    assert [post["id"] for post in posts] == ids
    depths = {post["id"]: post["depth"] for post in posts}
    assert all(post["depth"] == depths[post["parent"]] + 1 for post in posts if post["parent"])


def test_the_pages_for_people_hold_every_post_once_too(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    import re

    thread, ids = talk([bela, cem], event.rooms["support"], 44)
    path: str | None = f"/threads/{thread['id']}"
    seen: list[str] = []
    while path:
        page = cem.client.get(path).text
        seen += re.findall(r'<li class="post [^"]*" id="post-(\w+)"', page)
        following = re.search(rf'href="(/threads/{thread["id"]}\?after=\w+)"', page)
        path = following[1] if following else None
    assert seen == ids
    for wanted in (ids[0], ids[22], ids[-1]):
        page = cem.client.get(f"/posts/{wanted}", follow_redirects=True).text
        assert f'id="post-{wanted}"' in page
    assert f'id="post-{ids[-1]}"' in cem.client.get(f"/threads/{thread['id']}?last").text
    assert f'id="post-{ids[4]}"' in cem.client.get(f"/threads/{thread['id']}?before={ids[5]}").text


@pytest.mark.parametrize("what", ["rooms", "threads", "posts", "events", "summaries"])
def test_limits_and_cursors_of_lists(
    forum: Stage, bela: Person, fay: Person, event: Gathering, what: str
) -> None:
    room = event.rooms["support"]
    thread = opened(bela, room)
    other = opened(bela, event.rooms["approaches"])
    path = {
        "rooms": f"/events/{event.id}/rooms",
        "threads": f"/rooms/{room}/threads",
        "posts": f"/threads/{thread['id']}/posts",
        "events": "/events",
        "summaries": f"/events/{event.id}/summaries",
    }[what]
    person = fay if what == "summaries" else bela
    for query in (
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=1e3",
        "limit=9999999999999999999999",
        "after=nowhere",
        f"after={other['id']}",
        f"after={other['opening_post']['id']}",
    ):
        assert person.api.get(f"{path}?{query}").status_code == 422, query
    for query in ("limit=1", "limit=100", ""):
        assert person.api.get(f"{path}?{query}").status_code == 200


def test_threads_come_pinned_first_then_by_latest_activity(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    room = event.rooms["support"]
    threads = [opened(bela, room, f"Thema {number}") for number in range(7)]
    said(cem, threads[2])
    said(cem, threads[5])
    for number in (1, 5):
        assert ada.api.put(f"/threads/{threads[number]['id']}/pin").get_json()["pinned"]
    ada.api.put(f"/threads/{threads[4]['id']}/hiding")
    expected = [5, 1, 2, 6, 3, 0]
    for limit in (1, 2, 100):
        listed = cem.api.all(f"/rooms/{room}/threads", limit=limit)
        assert [thread["id"] for thread in listed] == [threads[number]["id"] for number in expected], limit
    assert threads[4]["id"] in [thread["id"] for thread in ada.api.all(f"/rooms/{room}/threads")]
    assert threads[4]["id"] not in cem.client.get(f"/rooms/{room}").text


def test_a_long_room_is_turned_over_page_by_page(forum: Stage, bela: Person, event: Gathering) -> None:
    import re

    room = event.rooms["support"]
    made = [opened(bela, room, f"Thema {number}")["id"] for number in range(45)]
    path: str | None = f"/rooms/{room}"
    seen: list[str] = []
    while path:
        page = bela.client.get(path).text
        seen += re.findall(r'data-thread="(\w+)"', page)
        following = re.search(rf'href="(/rooms/{room}\?after=\w+)"', page)
        path = following[1] if following else None
    assert seen == made[::-1]


def test_catching_up_gives_each_change_with_the_post_as_it_is_now(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    post = said(cem, thread, "Erste Fassung.")
    cem.api.patch(f"/posts/{post['id']}", {"body": "Zweite Fassung."}, version=1)
    hidden(ada, post)
    ada.api.put(f"/threads/{thread['id']}/lock")
    path = f"/threads/{thread['id']}/changes"
    answer = bela.api.get(f"{path}?after=0").get_json()
    assert answer["revision"] == 5
    assert [(c["revision"], c["kind"]) for c in answer["changes"]] == [
        (1, "post.created"),
        (2, "post.created"),
        (3, "post.edited"),
        (4, "post.hidden"),
        (5, "thread.locked"),
    ]
    told = answer["changes"][1]
    assert (told["thread"], told["post"]["state"], told["post"]["body"]) == (thread["id"], "hidden", None)
    assert answer["changes"][4]["post"] is None
    assert answer["changes"][4]["thread_state"]["state"] == "locked"
    moderators = ada.api.get(f"{path}?after=1").get_json()["changes"]
    assert [c["revision"] for c in moderators] == [2, 3, 4, 5]
    assert moderators[0]["post"]["body"] == "Zweite Fassung."
    for after in (5, 999):
        assert bela.api.get(f"{path}?after={after}").get_json() == {"revision": 5, "changes": []}
    for wrong in ("-1", "x", "1.5", "9" * 20, "٣x"):
        assert bela.api.get(f"{path}?after={wrong}").status_code == 422, wrong
        assert bela.client.get(f"{path}?after={wrong}").status_code == 422, wrong

    page = bela.client.get(f"{path}?after=3").get_json()
    assert [c["revision"] for c in page["changes"]] == [4, 5]
    assert "Fassung" not in page["changes"][0]["card"]
    assert f'id="post-{post["id"]}"' in page["changes"][0]["card"]


def test_what_is_elsewhere_is_not_there(
    forum: Stage, bela: Person, eve: Person, fay: Person, event: Gathering
) -> None:
    other = another_event(forum, fay)
    foreign = opened(fay, other.rooms["only"])
    thread = opened(bela, event.rooms["support"])
    for person, mine, gathering in ((bela, foreign, other), (eve, thread, event)):
        room = next(iter(gathering.rooms.values())) if person is bela else event.rooms["support"]
        for path in (
            f"/events/{gathering.id}",
            f"/events/{gathering.id}/rooms",
            f"/rooms/{room}",
            f"/rooms/{room}/threads",
            f"/threads/{mine['id']}",
            f"/threads/{mine['id']}/posts",
            f"/threads/{mine['id']}/changes",
            f"/posts/{mine['opening_post']['id']}",
        ):
            assert person.api.get(path).status_code == 404, path
        assert gathering.id not in [found["id"] for found in person.api.all("/events")]


def test_the_number_of_statements_does_not_grow_with_the_thread(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    import sqlalchemy as sa

    from forum.db import db

    def statements(path: str) -> int:
        count = 0

        def seen(*_: object) -> None:
            nonlocal count
            count += 1

        with forum.inside():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", seen)
        try:
            assert cem.client.get(path).status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", seen)
        return count

    small, _ids = talk([bela, cem], event.rooms["support"], 24)
    large, _ids = talk([bela, cem], event.rooms["support"], 45)
    cem.client.get(f"/threads/{small['id']}")
    assert statements(f"/threads/{large['id']}") == statements(f"/threads/{small['id']}")
    assert statements(f"/api/v1/threads/{large['id']}/posts") == statements(
        f"/api/v1/threads/{small['id']}/posts"
    )
