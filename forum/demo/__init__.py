"""The demo event: made through actions only, from the texts beside this file. Safe to run again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from forum import clock, text
from forum.db import db, transaction
from forum.discussion import actions as discussion
from forum.discussion.models import Post, Thread
from forum.i18n import speaking
from forum.moderation import actions as moderation
from forum.people import actions as people
from forum.people import queries as accounts
from forum.people.models import Account
from forum.permissions import Group, Role
from forum.rooms import actions as rooms
from forum.rooms import queries, template
from forum.rooms.models import Event, Member, Room

FOLDER = Path(__file__).parent
LINK_LIFE = timedelta(days=30)
NAMED = ("ada", "bela", "cem", "fay", "olga", "eve")


def _toml(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)


def make(base_url: str) -> dict[str, Any]:
    """Make the demo event where it is not there; links and tokens are new each time.

    Gives the object that ``flask demo --json`` prints.
    """
    people_rows = {row["key"]: row for row in _toml("people.toml")["person"]}
    with transaction():
        cast = {key: _account(row) for key, row in people_rows.items()}
        event = _find_event(cast["olga"])
        if event is None:
            event = _make_event(cast, people_rows)
        signs = {
            key: (people.create_token(cast[key]), people.create_link(cast[key], life=LINK_LIFE))
            for key in NAMED
        }
    return {
        "event": event.id,
        "rooms": {room.key: room.id for room in event.rooms},
        "people": {
            key: {
                "email": cast[key].email,
                "name": cast[key].name,
                "roles": people_rows[key]["roles"],
                "token": signs[key][0],
                "sign_in_url": f"{base_url}/sign-in/link/{signs[key][1]}",
            }
            for key in NAMED
        },
    }


def _account(row: dict[str, Any]) -> Account:
    found = accounts.find_account(row["email"])
    return found or people.create_account(
        row["email"], row["name"], locale=row["locale"], organises=Role.ORGANISER.value in row["roles"]
    )


def _find_event(organiser: Account) -> Event | None:
    """The demo event, known by its organiser."""
    wanted = (
        sa.select(Event).join(Member, Member.event_id == Event.id).where(Member.account_id == organiser.id)
    )
    return db.session.scalars(wanted.order_by(Event.created_at)).first()


def _make_event(cast: dict[str, Account], rows: dict[str, Any]) -> Event:
    said = _toml("event.toml")
    day = (clock.now() + timedelta(days=14)).astimezone(clock.ZONE).replace(minute=0, second=0, microsecond=0)
    with clock.at(clock.now() - timedelta(days=14)):
        event = rooms.found_event(
            cast["olga"],
            rooms.EventPlan(
                title=said["title"],
                subtitle=said["subtitle"],
                welcome=said["welcome"],
                starts_at=day.replace(hour=10),
                ends_at=day.replace(hour=16),
            ),
            template.rooms(),
        )
        for key, row in rows.items():
            if row["roles"]:
                roles = {Role(role) for role in row["roles"]}
                rooms.set_member(event, cast[key], roles, Group(row["group"]))
    for room in event.rooms:
        _talk(room, cast, _toml(f"talk/{room.key}.toml"))
    return event


def _talk(room: Room, cast: dict[str, Account], said: dict[str, Any]) -> None:
    """Speak the texts in the order of their times; what waits for approval is approved an hour later."""
    ada = queries.load_actor(cast["ada"].id)
    made: dict[str, Post] = {}
    threads: dict[int, Thread] = {}
    begin = clock.now()
    for place, thread_row, row in sorted(_rows(said), key=lambda found: -found[2]["days_ago"]):
        with clock.at(begin - timedelta(days=row["days_ago"])), speaking(row["lang"]):
            author = queries.load_actor(cast[row["author"]].id)
            body = text.render(row["body"].strip())
            if "parent" in row:
                post = discussion.publish(author, threads[place], body, parent=made[row["parent"]])
            else:
                threads[place] = thread = discussion.open_thread(author, room, thread_row["title"], body)
                post = db.session.get_one(Post, thread.opening_id)
            made[row["id"]] = post
            _judge(ada, post, begin - timedelta(days=row["days_ago"]) + timedelta(minutes=20))
    for place, thread_row, row in _rows(said):
        _mark(ada, cast, made[row["id"]], row)
        if thread_row.get("pinned"):
            moderation.pin_thread(ada, threads[place], on=True)


def _judge(ada: Any, post: Post, when: datetime) -> None:
    if post.state == "pending":
        with clock.at(min(when, clock.now() + timedelta(minutes=20))):
            moderation.judge(ada, post, "approve")


def _mark(ada: Any, cast: dict[str, Account], post: Post, row: dict[str, Any]) -> None:
    for kind, keys in row.get("reactions", {}).items():
        for key in keys:
            discussion.react(queries.load_actor(cast[key].id), post, kind, on=True)
    if row.get("pinned"):
        moderation.pin(ada, post)
    if row.get("hidden"):
        moderation.hide(ada, post, row["hidden"])


def _rows(said: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    for place, thread_row in enumerate(said["thread"]):
        for row in thread_row["post"]:
            yield place, thread_row, row


def tell(made: dict[str, Any]) -> None:
    """Say to people how to sign in."""
    click.echo(
        "The demo event is ready. Sign in by one of these links (each works once; run `flask demo` for new ones):\n"
    )
    for person in made["people"].values():
        roles = ", ".join(person["roles"]) or "no member"
        click.echo(f"  {person['name']} ({roles})\n    {person['sign_in_url']}")
    click.echo("")
