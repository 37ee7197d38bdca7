"""When what is possible: the phases of an event, and the rules of a room in each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from forum import clock
from forum.rooms.phases import Phase, phase
from tests.builders import opened, ruled, said
from tests.cast import Gathering, Person
from tests.stage import Stage

STARTS = datetime(2026, 12, 3, 9, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=6)
CLOSES = ENDS + timedelta(days=60)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (STARTS - timedelta(days=90), Phase.BEFORE),
        (STARTS - MOMENT, Phase.BEFORE),
        (STARTS, Phase.DURING),
        (ENDS - MOMENT, Phase.DURING),
        (ENDS, Phase.AFTER),
        (CLOSES - MOMENT, Phase.AFTER),
        (CLOSES, Phase.ARCHIVED),
        (CLOSES + timedelta(days=900), Phase.ARCHIVED),
    ],
)
def test_the_phase_follows_from_the_dates(now: datetime, expected: Phase) -> None:
    assert phase(STARTS, ENDS, CLOSES, now) is expected


@pytest.mark.parametrize(
    ("posting", "moment", "who", "may", "why"),
    [
        (("before", "during", "after"), "before", "bela", True, "open before the event"),
        (("before", "during", "after"), "during", "bela", True, "open during the event"),
        (("before", "during", "after"), "after", "bela", True, "open after the event"),
        (("during",), "before", "bela", False, "this room opens with the event"),
        (("during",), "during", "bela", True, "now it is open"),
        (("during",), "after", "bela", False, "and closed again"),
        (("during",), "before", "ada", True, "a moderator may prepare it"),
        (("during",), "after", "fay", True, "a facilitator may still write"),
        ((), "after", "olga", True, "an organiser may write in a room that is closed to others"),
        ((), "during", "cem", False, "closed in every phase"),
        (("before", "during", "after"), "archived", "bela", False, "archived: read only"),
        (("before", "during", "after"), "archived", "ada", False, "archived for moderators too"),
        (("before", "during", "after"), "archived", "olga", False, "and for organisers"),
    ],
)
def test_who_may_write_when(
    forum: Stage,
    cast: dict[str, Person],
    event: Gathering,
    posting: tuple[str, ...],
    moment: str,
    who: str,
    may: bool,
    why: str,
) -> None:
    room = event.rooms["support"]
    thread = opened(cast["cem"], room)
    ruled(forum, cast["olga"], room, posting=posting)
    person = cast[who]
    with clock.at(event.moment(moment)):
        assert person.api.get(f"/events/{event.id}").get_json()["phase"] == moment
        assert person.api.get(f"/rooms/{room}").get_json()["may_post"] is may, why
        expected = 201 if may else 403
        answers = [
            person.api.post(f"/rooms/{room}/threads", {"title": "Neues", "body": "Hallo."}),
            person.api.post(f"/threads/{thread['id']}/posts", {"body": "Hallo."}),
        ]
        assert [answer.status_code for answer in answers] == [expected] * 2, why
        assert person.api.get(f"/threads/{thread['id']}/posts").status_code == 200, "reading goes on"


def test_an_archived_event_can_be_read_and_nothing_is_changed(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    post = said(bela, thread)
    with clock.at(event.moment("archived")):
        assert bela.api.patch(f"/posts/{post['id']}", {"body": "Anders."}, version=1).status_code == 403
        assert cem.api.put(f"/posts/{post['id']}/reactions/agree").status_code == 403
        assert bela.api.get(f"/posts/{post['id']}").get_json()["body"] == "Danke dafür."
        assert bela.api.delete(f"/posts/{post['id']}").status_code == 200, (
            "one's own words can always be taken back"
        )


def test_a_post_remembers_the_phase_it_was_written_in(
    forum: Stage, bela: Person, fay: Person, event: Gathering
) -> None:
    room = event.rooms["support"]
    thread = opened(bela, room)
    with clock.at(event.moment("during")):
        during = said(bela, thread)
    with clock.at(event.moment("after")):
        said(bela, thread)
    made = fay.api.post(
        f"/events/{event.id}/summaries", {"title": "Mitten drin", "rooms": [room], "phase": "during"}
    )
    assert made.get_json()["sections"][0]["sources"] == [during["id"]]
