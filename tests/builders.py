"""What tests need before they begin: threads, posts, rules, another event. Most of it goes through the API."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import timedelta
from typing import Any

from forum import clock
from forum.db import db
from forum.people import queries as accounts
from forum.permissions import Group, Role
from forum.rooms import actions as rooms
from forum.rooms.models import Event, Member, Room
from tests.cast import Gathering, Person
from tests.stage import Stage

Json = dict[str, Any]


def word() -> str:
    """A random word of 16 letters that stands nowhere else: to be searched for in everything that leaves the house."""
    return "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(16))


def opened(
    who: Person, room: str, title: str = "Partnerschaften", body: str = "Wie geht es euch?", **more: Any
) -> Json:
    """A thread in a room, as its author is shown it; ``["opening_post"]`` is its first post."""
    answer = who.api.post(f"/rooms/{room}/threads", {"title": title, "body": body, **more})
    assert answer.status_code == 201, answer.text
    return answer.get_json()  # type: ignore[no-any-return]


def said(
    who: Person, thread: Json | str, body: str = "Danke dafür.", parent: Json | str | None = None, **more: Any
) -> Json:
    """A post in a thread, as its author is shown it."""
    sent = {"body": body, **more}
    if parent is not None:
        sent["parent"] = parent if isinstance(parent, str) else parent["id"]
    answer = who.api.post(f"/threads/{thread if isinstance(thread, str) else thread['id']}/posts", sent)
    assert answer.status_code == 201, answer.text
    return answer.get_json()  # type: ignore[no-any-return]


def hidden(moderator: Person, post: Json, reason: str = "abuse") -> Json:
    """The post, hidden."""
    answer = moderator.api.put(f"/posts/{post['id']}/hiding", {"reason": reason})
    assert answer.status_code == 200, answer.text
    return answer.get_json()  # type: ignore[no-any-return]


def judged(moderator: Person, post: Json, verdict: str = "approve") -> Json:
    """The post that waited, approved or rejected."""
    answer = moderator.api.post(f"/posts/{post['id']}/verdict", {"verdict": verdict})
    assert answer.status_code == 200, answer.text
    return answer.get_json()  # type: ignore[no-any-return]


def ruled(stage: Stage, organiser: Person, room: str, **rules: Any) -> None:
    """Give a room other rules: ``names``, ``premoderation``, ``posting``."""
    with stage.inside():
        found = db.session.get_one(Room, room)
        plan = rooms.RoomPlan(
            title=found.title,
            description=found.description,
            questions=found.questions,
            posting=found.posting,
            names=found.names,
            premoderation=found.premoderation,
        )
        rooms.change_room(organiser.actor(), found, dataclasses.replace(plan, **rules))


def membered(stage: Stage, event: Gathering, who: Person, *roles: str, group: str = "other") -> None:
    """Give somebody exactly these roles."""
    with stage.inside():
        found = db.session.get_one(Event, event.id)
        rooms.set_member(
            found, accounts.get_account(who.account_id), {Role(role) for role in roles}, Group(group)
        )


def removed(stage: Stage, organiser: Person, who: Person) -> None:
    """End somebody's membership."""
    with stage.inside():
        rooms.remove_member(organiser.actor(), db.session.get_one(Member, who.member_id))


def another_event(stage: Stage, organiser: Person, title: str = "Eine andere Veranstaltung") -> Gathering:
    """An event of which nobody else is a member, with one room."""
    starts = clock.now() + timedelta(days=7)
    with stage.inside():
        plan = rooms.EventPlan(
            title={"de": title}, welcome={}, starts_at=starts, ends_at=starts + timedelta(hours=3)
        )
        room = rooms.RoomPlan(title={"de": "Ein Raum"}, description={}, questions=[])
        made = rooms.found_event(accounts.get_account(organiser.account_id), plan, [room])
        return Gathering(
            id=made.id,
            rooms={"only": made.rooms[0].id},
            starts_at=made.starts_at,
            ends_at=made.ends_at,
            closes_at=made.closes_at,
        )
