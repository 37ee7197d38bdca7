"""How long a search takes: ``FORUM_INSTANCE=… python -m tests.search.bench [--posts N]`` fills an empty forum and measures.

The words are as unequal as in a language (the commonest in nearly every post, most of them in a few), and a third are
compounds, for those are what a German search is about. Prints one line for each kind of query, then the whole, in
milliseconds of CPU (all of SQLite's work is done in this process), so that what else the machine does counts little.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum import clock
from forum.db import db, new_id, transaction
from forum.discussion import tree
from forum.discussion.models import Post, Thread
from forum.factory import create_app, migrate
from forum.people import actions as people
from forum.people.models import Account
from forum.permissions import Actor, Group, Role
from forum.rooms import actions as rooms
from forum.rooms import queries, template
from forum.rooms.models import Event, Member
from forum.search import index
from forum.search.queries import Wanted, search

BEGINS = (  # noqa: SIM905
    "Be Ver Ge Ent Er An Auf Aus Bei Dar Ein Ent Frei Für Ge Her Hin Kul Land Mit Nach Ober "
    "Stadt Tur Über Um Un Vor Wald Zu"
).split()
MIDDLES = (  # noqa: SIM905
    "ar be bür cha dei der ein er fra ge gen hei in ker kul lei lich mei nach or pla rat "
    "schaf sta tei tun un ver wal wir zei"
).split()
ENDS = ("en er ung heit keit schaft lich isch bar tum nis e el chen haus werk rat plan").split()  # noqa: SIM905
SIZE = 500
LENGTH = 95
"""Words of a post."""


class Language:
    """A made-up German: the same seed, the same words."""

    def __init__(self, size: int) -> None:
        self.dice = dice = random.Random(2026)
        simple: dict[str, None] = {}
        while len(simple) < size * 2 // 3:
            parts = [dice.choice(BEGINS), *dice.choices(MIDDLES, k=dice.randint(0, 2)), dice.choice(ENDS)]
            simple["".join(parts)] = None
        self.words = list(simple)
        compounds: dict[str, None] = {}
        while len(compounds) < size // 3:
            compounds[dice.choice(self.words[:4000]) + dice.choice(self.words[:4000]).lower()] = None
        dice.shuffle(self.words)
        ranked = self.words[:200] + dice.sample(self.words[200:] + list(compounds), size - 300)
        self.words = ranked
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(ranked))))

    def said(self, length: int) -> str:
        """So many words."""
        return " ".join(self.dice.choices(self.words, cum_weights=self.weights, k=length))


def fill(posts: int) -> tuple[str, str]:
    """An event with so many posts; gives its id and an account of it."""
    language = Language(min(300_000, 20_000 + posts))
    day = clock.now() + timedelta(days=14)
    plan = rooms.EventPlan(title={"de": "Last"}, welcome={}, starts_at=day, ends_at=day + timedelta(hours=6))
    event_id = rooms.found_event(None, plan, template.rooms()).id
    members = [_member(event_id, number) for number in range(50)]
    room_ids = [room.id for room in db.session.get_one(Event, event_id).rooms]
    now, made, threads = clock.now(), 0, 0
    step = timedelta(days=90) / posts
    while made < posts:
        ids = []
        with transaction():
            thread_id = ""
            rows: dict[Any, list[dict[str, Any]]] = {Thread: [], Post: []}
            for number in range(min(SIZE, posts - made)):
                at = now - step * (posts - made - number)
                post_id, place = new_id(), number % 100 + 1
                if place == 1:
                    thread_id, threads = new_id(), threads + 1
                    rows[Thread].append(
                        {
                            "id": thread_id,
                            "room_id": room_ids[threads % 4],
                            "title": language.said(6)[:200],
                            "revision": 1,
                        }
                        | {"numbers": 100, "posts": 100, "waits": False, "opening_id": post_id}
                        | {"created_at": at, "active_at": at}
                    )
                body = language.said(language.dice.randint(LENGTH // 3, LENGTH * 5 // 3))
                account, member = members[language.dice.randrange(len(members))]
                rows[Post].append(
                    {
                        "id": post_id,
                        "thread_id": thread_id,
                        "path": tree.path(None, place),
                        "depth": 0,
                        "number": place,
                    }
                    | {
                        "member_id": member,
                        "mark": account,
                        "group_": "other",
                        "phase": "before",
                        "state": "published",
                    }
                    | {
                        "body": body,
                        "html": f'<p dir="auto">{body}</p>',
                        "renderer": 1,
                        "redacted": False,
                        "version": 1,
                    }
                    | {"reactions": {}, "created_at": at, "quotes": 0}
                )
                ids.append(post_id)
            for model, batch in rows.items():
                if batch:
                    db.session.execute(sa.insert(model.__table__), batch)
            index.refresh(ids)
        made += len(ids)
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()
    return event_id, members[0][0]


def _member(event_id: str, number: int) -> tuple[str, str]:
    account = people.create_account(f"p{number}@forum.example", f"Person {number}")
    event = db.session.get_one(Event, event_id)
    member = rooms.set_member(event, account, {Role.PARTICIPANT}, Group.OTHER)
    return account.id, member.id


def kinds(language: Language, event_id: str) -> dict[str, Callable[[], Wanted]]:
    """Queries as people write them, each time another one."""
    dice = random.Random(7)
    words = language.words
    room = db.session.scalars(sa.select(Thread.room_id)).first()
    person = db.session.scalars(sa.select(Member.id)).first()

    def ask(said: Callable[[], str], **more: Any) -> Callable[[], Wanted]:
        return lambda: Wanted(query=said(), event=event_id, **more)

    common, middling, rare = (
        (lambda: dice.choice(words[:100])),
        (lambda: dice.choice(words[500:5000])),
        (lambda: dice.choice(words[20_000:])),
    )
    old = clock.now() - timedelta(days=80)
    return {
        "a common word": ask(common),
        "a common word, newest first": ask(common, newest=True),
        "a middling word": ask(middling),
        "a rare word": ask(rare),
        "a part of compounds": ask(lambda: dice.choice(words[:3000])[2:9].lower()),
        "a part of three letters": ask(
            lambda: dice.choice([*MIDDLES[-8:], "ung", "ein", "sch"]).ljust(3, "n")
        ),
        "a word that is not there": ask(lambda: "".join(dice.choices(MIDDLES, k=5))),
        "two common words": ask(lambda: f"{common()} {common()}"),
        "three words": ask(lambda: f"{common()} {middling()} {middling()}"),
        "a phrase": ask(lambda: f'"{common()} {common()}"'),
        "common words in one room": ask(lambda: f"{common()} {middling()}", room=room),
        "a middling word of one person": ask(middling, person=person),
        "a common word, long ago": ask(common, until=old),
        "eight common words": ask(lambda: " ".join(common() for _ in range(8))),
    }


def measure(actor: Actor, event_id: str, posts: int, rounds: int) -> None:
    """Time each kind of query, and tell."""
    every: list[float] = []
    for name, wanted in kinds(Language(min(300_000, 20_000 + posts)), event_id).items():
        times: list[float] = []
        waited, hits = 0.0, 0
        for _ in range(rounds):
            asked = wanted()
            start, clocked = time.process_time(), time.perf_counter()
            hits += len(search(actor, asked).found)
            times.append((time.process_time() - start) * 1000)
            waited += (time.perf_counter() - clocked) * 1000
            db.session.rollback()
        every += times
        shown = f"{name:32} median {statistics.median(times):6.1f} ms CPU   p95 {_p95(times):6.1f}"
        print(f"{shown}   hits {hits / rounds:5.1f}   wall {waited / rounds:7.1f}")
    print(f"{'all':32} median {statistics.median(every):7.1f} ms CPU   p95 {_p95(every):7.1f}")


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def main() -> None:
    """Fill where it is empty, measure."""
    parser = argparse.ArgumentParser(description="Measures the search.")
    parser.add_argument("--posts", type=int, default=8_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    app = create_app()
    migrate(app)
    with app.app_context():
        account = db.session.scalars(sa.select(Account.id)).first()
        event_id = db.session.scalars(sa.select(Event.id)).first()
        if event_id is None:
            start = time.perf_counter()
            event_id, account = fill(options.posts)
            print(f"filled with {options.posts} posts in {time.perf_counter() - start:.0f} s")
        assert account is not None
        actor = queries.load_actor(account)
        file = app.config["SETTINGS"].instance / "forum.db"
        if file.exists():
            print(f"{file.stat().st_size / 1e6:.0f} MB")
        measure(actor, event_id, options.posts, options.rounds)


if __name__ == "__main__":
    main()
