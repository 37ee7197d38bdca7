"""Fill an empty forum for measuring: ``FORUM_INSTANCE=… python -m tests.load.seed [--posts N] [--people N]``.

The app migrates its database first; then rows go in by bulk inserts: four rooms (one under aliases), a thread that
holds five eighths of all posts, threads of exactly 20, and others. Prints what a measurement needs as one JSON object.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from forum import clock, text
from forum.db import ChangeRow, db, new_id, transaction
from forum.discussion import authorship, tree
from forum.discussion.aliases import PLANTS, name_at
from forum.discussion.models import Alias, Hiding, Post, PostPin, Reaction, Thread, ThreadPin
from forum.factory import create_app, migrate
from forum.keys import fingerprint
from forum.people import actions as people_actions
from forum.people.models import AccessToken, Account
from forum.permissions import Actor
from forum.rooms import actions as rooms_actions
from forum.rooms import template
from forum.rooms.models import Member, Room
from tests.load import words

TWENTIES = 50
VARIETY = 400
"""How many different texts there are; each is rendered once."""
BATCH = 5_000


class Seeder:
    """Makes rows and keeps them until a batch is full."""

    def __init__(self, people: list[dict[str, Any]], posts: int) -> None:
        """``people``: account, member, group of each writer."""
        self.people = people
        self.random = random.Random(2026)
        self.texts = [text.render(words.body(number)) for number in range(min(VARIETY, posts))]
        self.rows: dict[Any, list[dict[str, Any]]] = {}
        self.now = clock.now()

    def put(self, model: Any, **row: Any) -> None:
        """Keep a row."""
        self.rows.setdefault(model, []).append(row)

    def flush(self, least: int = 1) -> None:
        """Write what was kept, when it is at least so many posts."""
        if len(self.rows.get(Post, ())) < least:
            return
        with transaction():
            for model in (Thread, Alias, Post, ChangeRow, Hiding, PostPin, ThreadPin, Reaction):
                for start in range(0, len(self.rows.get(model, ())), BATCH):
                    db.session.execute(sa.insert(model), self.rows[model][start : start + BATCH])
        self.rows.clear()

    def thread(self, room: Room, number: int, count: int) -> list[tuple[bytes, str]]:
        """A thread with ``count`` posts; gives (path, id) of each in the order of writing. Gives its id as row 0's."""
        thread_id = new_id()
        begun = self.now - timedelta(minutes=self.random.randrange(60, 80_000))
        step = (self.now - begun) / (count + 1)
        marks = {
            person["account"]: authorship.mark(_actor(person["account"]), thread_id)
            for person in self.random.sample(self.people, min(len(self.people), max(4, count // 3)))
        }
        writers = [person for person in self.people if person["account"] in marks]
        names = self._names(room, thread_id, writers, marks)
        made: list[tuple[bytes, str]] = []
        for place in range(1, count + 1):
            person = self.random.choice(writers)
            mark = marks[person["account"]]
            self._post(room, thread_id, made, person, mark, names.get(mark), begun + place * step)
        self.put(
            Thread,
            id=thread_id,
            room_id=room.id,
            title=words.title(number),
            revision=count,
            numbers=count,
            posts=count,
            waits=False,
            opening_id=made[0][1],
            created_at=begun,
            active_at=begun + count * step,
        )
        if number % 60 == 59:
            self.put(ThreadPin, thread_id=thread_id, moderator_id=self.people[0]["member"], at=self.now)
        self.flush(BATCH)
        return [(b"", thread_id), *made]

    def _names(self, room: Room, thread_id: str, writers: Any, marks: dict[str, str]) -> dict[str, str]:
        """The alias of each writer, drawn as ``authorship`` draws it."""
        names: dict[str, str] = {}
        taken: set[str] = set()
        for person in writers if room.names == "alias" else ():
            mark = marks[person["account"]]
            position = int.from_bytes(hashlib.sha256(mark.encode()).digest()[:4], "big") % len(PLANTS)
            while (name := name_at(position)) in taken:
                position += 1
            taken.add(name)
            names[mark] = name
            self.put(Alias, thread_id=thread_id, mark=mark, name=name)
        return names

    def _post(
        self, room: Room, thread_id: str, made: Any, person: Any, mark: str, alias: str | None, at: datetime
    ) -> None:
        number = len(made) + 1
        above = None
        if made:
            above = made[0] if self.random.random() < 0.5 else self.random.choice(made[-10:])
        path = tree.path(above[0] if above else None, number)
        said = self.random.choice(self.texts)
        post_id = new_id()
        reactions = self._reactions(post_id) if self.random.random() < 0.15 else {}
        self.put(
            Post,
            id=post_id,
            thread_id=thread_id,
            parent_id=above[1] if above else None,
            path=path,
            depth=len(path) // tree.LEVEL - 1,
            number=number,
            quotes=0,
            member_id=None if alias else person["member"],
            mark=mark,
            alias=alias,
            group=person["group"],
            phase="before",
            state="published",
            body=said.source,
            html=said.html,
            renderer=said.version,
            warning=None,
            redacted=False,
            version=1,
            reactions=reactions,
            created_at=at,
            edited_at=None,
        )
        self.put(ChangeRow, thread_id=thread_id, revision=number, kind="post.created", post_id=post_id, at=at)
        if number > 1 and self.random.random() < 0.01:
            moderator = self.people[0]["member"]
            self.put(Hiding, post_id=post_id, moderator_id=moderator, reason="off_topic", note="", at=at)
        elif self.random.random() < 0.001:
            self.put(
                PostPin,
                post_id=post_id,
                thread_id=thread_id,
                moderator_id=self.people[0]["member"],
                at=at,
            )
        made.append((path, post_id))

    def _reactions(self, post_id: str) -> dict[str, int]:
        count = self.random.randint(1, 3)
        for _ in range(count):
            self.put(Reaction, post_id=post_id, mark=secrets.token_hex(16), kind="agree")
        return {"agree": count}


def _actor(account_id: str) -> Actor:
    return Actor(account_id=account_id, name="", locale="de", created=clock.now())


def _people(event_id: str, count: int) -> tuple[list[dict[str, Any]], list[str]]:
    """Members of the event, the first a moderator, and a token of each."""
    found, tokens, now = [], [], clock.now()
    accounts, members, access = [], [], []
    cast = ("Ada", "Bela", "Cem", "Fay", "Olga")
    for number in range(count):
        account, member = new_id(), new_id()
        name = cast[number] if number < len(cast) else f"{cast[number % 5]} {PLANTS[number % 100]} {number}"
        group = ("municipality", "civil-society", "other")[number % 3]
        token = "rf_" + secrets.token_urlsafe(32)
        address = f"person{number}@forum.example"
        accounts.append(
            {"id": account, "email": address, "name": name, "locale": "de", "organises": False}
            | {"created_at": now}
        )
        roles = ["moderator"] if number == 0 else ["participant"]
        members.append(
            {"id": member, "event_id": event_id, "account_id": account, "roles": roles}
            | {"group": group, "joined_at": now}
        )
        access.append(
            {"id": new_id(), "account_id": account, "secret": fingerprint(token), "created_at": now}
        )
        found.append({"account": account, "member": member, "group": group})
        tokens.append(token)
    for model, rows in ((Account, accounts), (Member, members), (AccessToken, access)):
        db.session.execute(sa.insert(model), rows)
    return found, tokens


def seed(posts: int = 8_000, people: int = 200) -> dict[str, Any]:
    """Fill the database of the running app; gives ids, tokens and a sign-in link for the measurement."""
    day = (clock.now() + timedelta(days=14)).replace(microsecond=0)
    plan = rooms_actions.EventPlan(
        title={"de": "Lasttag"}, welcome={}, starts_at=day, ends_at=day + timedelta(hours=6)
    )
    with transaction():
        event = rooms_actions.found_event(None, plan, template.rooms())
        event.rooms[3].names = "alias"
        for room in event.rooms:
            room.premoderation = False
        persons, tokens = _people(event.id, people)
        link = people_actions.create_link(db.session.get_one(Account, persons[1]["account"]))
    rooms = list(event.rooms)
    event_id, room_ids = event.id, [room.id for room in rooms]
    seeder = Seeder(persons, posts)
    big = seeder.thread(rooms[0], 0, max(60, posts * 5 // 8))
    twenties = [seeder.thread(rooms[number % 4], number + 1, 20)[0][1] for number in range(_twenties(posts))]
    rest = max(0, posts - len(big) + 1 - 20 * len(twenties))
    others = max(1, min(rest, max(199 - len(twenties), rest // 40)))
    for number in range(others if rest else 0):
        seeder.thread(rooms[number % 4], 100 + number, rest // others + (number < rest % others))
    seeder.flush()
    order = [post_id for _, post_id in sorted(big[1:])]
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()
    return {
        "event": event_id,
        "rooms": room_ids,
        "big": big[0][1],
        "pages": order[19::20],
        "middle": order[len(order) // 2],
        "twenties": twenties,
        "tokens": tokens,
        "link": link,
        "posts": posts,
    }


def _twenties(posts: int) -> int:
    return max(4, min(TWENTIES, posts // 160))


def main() -> None:
    """Migrate, fill, tell."""
    parser = argparse.ArgumentParser(description="Fills an empty forum for measuring.")
    parser.add_argument("--posts", type=int, default=8_000)
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    app = create_app()
    migrate(app)
    with app.app_context():
        print(json.dumps(seed(options.posts, options.people)))


if __name__ == "__main__":
    main()
