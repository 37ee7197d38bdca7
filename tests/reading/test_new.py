"""What is new: counted exactly, the same on all devices, recorded by the page and never by asking for one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum import clock
from forum.db import db
from forum.discussion import queries, reading, reading_marks
from forum.discussion.models import PUBLISHED, Post, Thread
from forum.rooms.models import Room
from tests.builders import Json, another_event, hidden, judged, opened, said
from tests.cast import Gathering, Person
from tests.stage import Stage


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, forum: Stage) -> Stage:
    """The forum on each database."""
    before = forum.kind
    forum.use(request.param)
    forum.reset()
    request.addfinalizer(lambda: forum.use(before))
    return forum


def new_in_thread(who: Person, thread: Json) -> int:
    """What the thread's page says is new."""
    page = who.browser().get(f"/threads/{thread['id']}").text
    found = re.search(r'data-unread( hidden)?><span class="new">(\d+) ', page)
    assert found
    assert (found[2] == "0") == bool(found[1])
    return int(found[2])


def new_in_row(who: Person, room: str, thread: Json) -> int:
    """What the room's page says is new in the thread."""
    page = who.browser().get(f"/rooms/{room}").text
    row = re.search(rf'<li class="([^"]*)" data-thread="{thread["id"]}".*?data-unread="(\d+)"', page, re.S)
    assert row
    assert ("is-new" in row[1]) == (row[2] != "0")
    return int(row[2])


def new_in_event(who: Person, event: Gathering) -> dict[str, int]:
    """What the event's page says is new in its rooms."""
    page = who.browser().get(f"/events/{event.id}").text
    cards = re.findall(r'<article class="room".*?</article>', page, re.S)
    found = {}
    for card in cards:
        room = re.search(r'href="/rooms/(\w+)"', card)
        number = re.search(r'<span class="new">(\d+) ', card)
        assert room
        if number:
            found[room[1]] = int(number[1])
    listed = re.findall(r'<li><a href="/rooms/(\w+)">\s*(\d+) ', page)
    assert {room: int(number) for room, number in listed} == found
    return found


def shown(who: Person, thread: Json, *posts: Json | str) -> int:
    """The page has shown these posts; gives what is new still."""
    ids = " ".join(post if isinstance(post, str) else post["id"] for post in posts)
    answer = who.client.post(
        f"/threads/{thread['id']}/reading", {"posts": ids}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    return int(answer.get_json()["new"])


def test_new_posts_are_counted_on_every_page(
    either: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    room = event.rooms["support"]
    thread = opened(bela, room)
    posts = [said(bela, thread), said(bela, thread)]
    assert new_in_thread(cem, thread) == new_in_row(cem, room, thread) == 3
    assert new_in_event(cem, event) == {room: 3}
    assert new_in_thread(bela, thread) == new_in_row(bela, room, thread) == 0  # one's own are not new
    assert new_in_event(bela, event) == {}
    assert shown(cem, thread, thread["opening_post"], *posts) == 0
    assert new_in_thread(cem, thread) == new_in_row(cem, room, thread) == 0
    said(bela, thread)
    said(cem, thread)
    assert new_in_thread(cem, thread) == new_in_row(cem, room, thread) == 1
    assert new_in_event(cem, event) == {room: 1}
    assert new_in_event(bela, event) == {room: 1}


def test_looking_records_nothing(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    for path in ("", "?last", "/unread", f"?post={thread['opening_post']['id']}"):
        cem.client.get(f"/threads/{thread['id']}{path}", follow_redirects=True)
    cem.client.get(f"/rooms/{event.rooms['support']}")
    cem.api.get(f"/threads/{thread['id']}/posts")
    assert new_in_thread(cem, thread) == 1
    for path in (
        f"/threads/{thread['id']}/reading",
        f"/rooms/{event.rooms['support']}/reading",
        f"/events/{event.id}/reading",
    ):
        assert cem.client.get(path).status_code == 405
        assert cem.client.raw.post(path).status_code == 400  # without the secret
    assert new_in_thread(cem, thread) == 1


def test_the_line_stands_before_the_first_new_post_in_reading_order(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    first, second = said(bela, thread), said(bela, thread)
    page = cem.client.get(f"/threads/{thread['id']}").text
    assert "newline" not in page  # a first visit: all of it is new
    shown(cem, thread, thread["opening_post"], first, second)
    late = said(bela, thread)
    answer = said(bela, thread, parent=first)
    own = said(cem, thread, parent=first)
    page = cem.client.get(f"/threads/{thread['id']}").text
    order = re.findall(r'<li class="(newline)|<li class="post ([^"]*)" id="post-(\w+)"', page)
    assert [(line or post, "is-new" in kind) for line, kind, post in order] == [
        (thread["opening_post"]["id"], False),
        (first["id"], False),
        ("newline", False),
        (answer["id"], True),
        (own["id"], False),
        (second["id"], False),
        (late["id"], True),
    ]
    led = cem.client.get(f"/threads/{thread['id']}/unread")
    assert led.location.endswith(f"post={answer['id']}#post-{answer['id']}")
    shown(cem, thread, late, answer)
    assert "newline" not in cem.client.get(f"/threads/{thread['id']}").text
    assert cem.client.get(f"/threads/{thread['id']}/unread").location == f"/threads/{thread['id']}"


def test_what_was_not_shown_stays_new(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    """New posts lie on several pages; showing one page does not read the others."""
    thread = opened(bela, event.rooms["support"])
    old = [thread["opening_post"], *(said(bela, thread) for _ in range(25))]
    assert shown(cem, thread, *old[:20]) == 6
    assert shown(cem, thread, *old[20:]) == 0
    late = said(bela, thread)  # at the end
    early = said(bela, thread, parent=old[1])  # on the first page
    assert shown(cem, thread, early) == 2
    led = cem.client.get(f"/threads/{thread['id']}/unread", follow_redirects=True)
    assert f'id="post-{early["id"]}"' in led.text
    assert shown(cem, thread, late) == 1
    assert shown(cem, thread, early) == 0


def test_withheld_posts_are_new_to_nobody(
    either: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    room = event.rooms["support"]
    thread = opened(bela, room)
    shown(cem, thread, thread["opening_post"])
    posts = [said(bela, thread) for _ in range(3)]
    own = said(cem, thread)
    assert new_in_thread(cem, thread) == 3
    hidden(ada, posts[0])
    hidden(ada, own)
    bela.api.delete(f"/posts/{posts[1]['id']}")
    assert new_in_thread(cem, thread) == new_in_row(cem, room, thread) == 1
    assert new_in_event(cem, event) == {room: 1}
    ada.api.delete(f"/posts/{posts[0]['id']}/hiding")
    ada.api.delete(f"/posts/{own['id']}/hiding")
    assert new_in_thread(cem, thread) == 2
    hidden(ada, posts[0])
    bela.api.delete(f"/posts/{posts[0]['id']}")
    ada.api.delete(f"/posts/{posts[0]['id']}/hiding")
    assert new_in_thread(cem, thread) == 1
    page = cem.client.get(f"/threads/{thread['id']}").text
    assert len(re.findall(r'class="post is-new', page)) == 1


def test_a_waiting_post_is_new_once_it_is_approved_and_never_to_its_author(
    either: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    room = event.rooms["shrinking-spaces"]
    thread = opened(ada, room)
    for person in (bela, cem):
        shown(person, thread, thread["opening_post"])
    waiting = said(bela, thread)
    rejected = said(bela, thread)
    after = said(ada, thread)
    assert new_in_thread(cem, thread) == new_in_thread(bela, thread) == 1
    assert shown(cem, thread, after) == shown(bela, thread, waiting, after) == 0
    judged(ada, rejected, "reject")
    judged(ada, waiting)
    assert new_in_thread(cem, thread) == new_in_row(cem, room, thread) == 1
    assert new_in_thread(bela, thread) == new_in_row(bela, room, thread) == 0
    held = opened(bela, room, "Wartet")
    assert new_in_event(cem, event) == {room: 1}
    judged(ada, held["opening_post"])
    assert new_in_event(cem, event) == {room: 2}
    assert new_in_event(bela, event) == {}


def test_a_hidden_topic_is_new_to_nobody(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    ada.api.put(f"/threads/{thread['id']}/hiding")
    assert new_in_event(cem, event) == new_in_event(ada, event) == {}
    assert cem.client.post(f"/threads/{thread['id']}/reading").status_code == 404
    assert cem.client.get(f"/threads/{thread['id']}/unread").status_code == 404
    ada.api.delete(f"/threads/{thread['id']}/hiding")
    assert new_in_event(cem, event) == {event.rooms["support"]: 1}


@pytest.mark.parametrize("where", ["room", "event"])
def test_everything_can_be_marked_as_read(
    either: Stage, bela: Person, cem: Person, event: Gathering, where: str
) -> None:
    rooms = [event.rooms["support"], event.rooms["approaches"]]
    threads = [opened(bela, room) for room in rooms]
    said(bela, threads[0])
    said(cem, threads[0])
    page = cem.client.get(f"/rooms/{rooms[0]}" if where == "room" else f"/events/{event.id}").text
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until
    meanwhile = opened(bela, rooms[0], "Nach dem Blick")
    target = f"/rooms/{rooms[0]}" if where == "room" else f"/events/{event.id}"
    answer = cem.client.post(f"{target}/reading", {"until": until[1]})
    assert answer.status_code == 303
    assert answer.location == target
    left = {rooms[0]: 1} | ({rooms[1]: 1} if where == "room" else {})
    assert new_in_event(cem, event) == left
    assert new_in_row(cem, rooms[0], meanwhile) == 1
    cem.client.post(f"/events/{event.id}/reading")
    assert new_in_event(cem, event) == {}
    assert "/reading" not in cem.client.get(f"/events/{event.id}").text
    said(bela, threads[0])
    assert new_in_event(cem, event) == {rooms[0]: 1}


def test_what_is_not_there_and_what_is_not_right(
    forum: Stage, bela: Person, cem: Person, eve: Person, olga: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    elsewhere = another_event(forum, olga)
    for path in (
        f"/threads/{thread['id']}/reading",
        f"/rooms/{event.rooms['support']}/reading",
        f"/events/{event.id}/reading",
    ):
        assert eve.client.post(path).status_code == 404
    for path in (f"/rooms/{elsewhere.rooms['only']}/reading", f"/events/{elsewhere.id}/reading"):
        assert cem.client.post(path).status_code == 404
    for until in ("gestern", "2026-11-23", "2026-11-23T10:00", "9" * 300, "0000-00-00T00:00+00:00"):
        assert cem.client.post(f"/events/{event.id}/reading", {"until": until}).status_code == 422, until
    late = cem.client.post(f"/events/{event.id}/reading", {"until": "9999-12-31T23:59:59+00:00"})
    assert late.status_code == 303
    many = " ".join("x" * 26 for _ in range(reading.MOST + 1))
    assert cem.client.post(f"/threads/{thread['id']}/reading", {"posts": many}).status_code == 422
    assert shown(bela, thread, "nowhere", "\x00", "ä" * 40) == 0


def test_without_scripts_a_button_does_it(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    said(bela, thread)
    page = cem.client.get(f"/threads/{thread['id']}").text
    form = re.search(
        r'<form class="unscripted[^>]*action="([^"]+)".*?name="posts" value="([^"]+)"', page, re.S
    )
    assert form
    assert cem.client.post(form[1], {"posts": form[2]}).location == f"/threads/{thread['id']}"
    assert new_in_thread(cem, thread) == 0
    assert "unscripted" not in cem.client.get(f"/threads/{thread['id']}").text


def test_rows_name_nobody_and_link_nothing(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    threads = [opened(bela, event.rooms["support"]) for _ in range(2)]
    for thread in threads:
        shown(cem, thread, thread["opening_post"])
    with forum.inside():
        rows = (
            db.session.execute(sa.select(sa.text("*")).select_from(reading_marks.ReadMark)).mappings().all()
        )
    assert len(rows) == 4
    assert len({row["mark"] for row in rows}) == 4  # another in each thread
    stored = str(rows)
    for secret in (cem.account_id, cem.member_id, bela.account_id, bela.member_id):
        assert str(secret) not in stored
    assert not any("at" in name for name in rows[0])  # and no moment


def test_pages_need_the_same_statements_however_much_is_new(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    counted: list[str] = []

    def count(*args: object) -> None:
        counted.append(str(args[2]))

    def statements(path: str) -> int:
        cem.client.get(path)
        counted.clear()
        cem.client.get(path)
        return len(counted)

    room = event.rooms["support"]
    with forum.inside():
        engine = db.engine
    thread = opened(bela, room)
    said(bela, thread)
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        paths = (f"/events/{event.id}", f"/rooms/{room}", f"/threads/{thread['id']}")
        few = [statements(path) for path in paths]
        for _ in range(8):
            other = opened(bela, room)
            said(bela, other)
            said(bela, thread)
        assert [statements(path) for path in paths] == few
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)


def test_a_room_with_more_topics_than_are_looked_at_says_so(
    forum: Stage, bela: Person, cem: Person, event: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOKED", 3)
    room = event.rooms["support"]
    threads = [opened(bela, room) for _ in range(4)]
    with forum.inside():
        fresh = reading.fresh_in(cem.actor(), [db.session.get_one(Room, room)])
    assert fresh == {room: reading.Fresh(3, 3, True)}
    assert re.search(r"(Mehr als|More than) 3 ", cem.client.get(f"/events/{event.id}").text)
    shown(cem, threads[1], threads[1]["opening_post"])  # the last one that is looked at
    with forum.inside():
        fresh = reading.fresh_in(cem.actor(), [db.session.get_one(Room, room)])
    assert fresh == {room: reading.Fresh(2, 2, False)}


def test_what_came_in_by_the_bulk_is_counted_after_a_rebuild(
    either: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    hidden(ada, said(bela, thread))
    bela.api.delete(f"/posts/{said(bela, thread)['id']}")
    said(cem, thread)
    with either.inside(), db.engine.begin() as connection:
        connection.execute(sa.delete(reading_marks.ReadMark))
        connection.execute(sa.delete(reading_marks.Withheld))
    assert (new_in_thread(bela, thread), new_in_thread(cem, thread)) == (4, 4)
    with either.inside():
        reading_marks.rebuild()
        reading_marks.rebuild()
    assert (new_in_thread(bela, thread), new_in_thread(cem, thread)) == (1, 1)


def naive(who: Person, thread_id: str, upto: int) -> int:
    """New, the slow way: published, not hidden, by others, later than what was read."""
    from forum.discussion import authorship

    mark = authorship.mark(who.actor(), thread_id)
    posts = db.session.scalars(sa.select(Post).where(Post.thread_id == thread_id)).unique()
    return sum(
        post.number > upto and post.state == PUBLISHED and post.hiding is None and post.mark != mark
        for post in posts
    )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["say", "say", "say", "read", "hide", "restore", "delete", "judge", "all"]),
        st.sampled_from(["ada", "bela", "cem"]),
        st.integers(0, 7),
    ),
    min_size=4,
    max_size=24,
)


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_count_is_what_one_would_count(
    forum: Stage, cast: dict[str, Person], event: Gathering, steps: list[tuple[str, str, int]]
) -> None:
    """Whatever people write, hide, take back, approve and read: the number is that of the posts that are new."""
    forum.reset()
    room = event.rooms["shrinking-spaces"]
    ada = cast["ada"]
    thread = opened(ada, room)
    posts = [thread["opening_post"]]
    upto: dict[str, int] = dict.fromkeys(("ada", "bela", "cem"), 0)
    for what, name, place in steps:
        who, post = cast[name], posts[place % len(posts)]
        if what == "say":
            posts.append(said(who, thread))
        elif what == "hide":
            ada.api.put(f"/posts/{post['id']}/hiding", {"reason": "abuse"})
        elif what == "restore":
            ada.api.delete(f"/posts/{post['id']}/hiding")
        elif what == "delete" and place:
            who.api.delete(f"/posts/{post['id']}")
        elif what == "judge":
            ada.api.post(f"/posts/{post['id']}/verdict", {"verdict": "approve"})
        elif what in ("read", "all"):
            if what == "all":
                who.client.post(f"/events/{event.id}/reading")
            else:
                shown(who, thread, *posts[: place + 1])
        with forum.inside():
            for each in tuple(upto):
                person = cast[each]
                found = queries.get_thread(person.actor(), thread["id"])
                read = reading.seen(queries.viewer_in(person.actor(), found.id, event.id).mark or "")
                assert read.number >= upto[each]
                upto[each] = read.number
                count = reading.unread(person.actor(), [found]).get(found.id, 0)
                assert count == naive(person, found.id, read.number), (each, steps)
                left = reading.new_posts(
                    queries.viewer_in(person.actor(), found.id, event.id).mark or "", found.id, read, 100
                )
                assert len(left) == count
    with forum.inside():
        found = db.session.get_one(Thread, thread["id"])
        assert found.posts >= 1


def test_reading_ahead_of_a_moment_is_not_possible(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    """A button of a page from long ago reads what was there then."""
    before = (clock.now() - timedelta(minutes=5)).isoformat()
    opened(bela, event.rooms["support"])
    cem.client.post(f"/events/{event.id}/reading", {"until": before})
    assert new_in_event(cem, event) == {event.rooms["support"]: 1}
