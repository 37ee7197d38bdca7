"""Whatever posts, people and states there are: what the search's SQL lets through is what ``may()`` and the cards allow."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum import clock
from forum.db import db, transaction
from forum.discussion import queries as discussion
from forum.discussion.cards import LEAST, card, may_know
from forum.discussion.models import (
    DELETED,
    PENDING,
    PUBLISHED,
    REJECTED,
    WITHDRAWN,
    Hiding,
    Post,
    Thread,
    ThreadHiding,
)
from forum.errors import NotFound
from forum.permissions import Actor
from forum.search import index
from forum.search.models import SearchDoc
from forum.search.queries import Wanted, search
from tests.builders import another_event, opened, removed, said
from tests.cast import Gathering, Person
from tests.stage import Stage

STATES = (PUBLISHED, PENDING, REJECTED, DELETED, WITHDRAWN)


@dataclass(frozen=True)
class Fate:
    """What became of a post."""

    state: str
    hidden: bool


@dataclass(frozen=True)
class Tale:
    """What became of a thread, in which event it is (0: that of the cast), and of its posts."""

    event: int
    waits: bool
    hidden: bool
    posts: tuple[Fate, ...]


fates = st.builds(Fate, st.sampled_from(STATES), st.booleans())
tales = st.builds(
    Tale,
    st.integers(0, 1),
    st.booleans(),
    st.booleans(),
    st.lists(fates, min_size=1, max_size=4).map(tuple),
)


def told(stage: Stage, who: list[Person], rooms: list[str], stories: list[Tale]) -> None:
    """Make it so, behind the back of the index, which still holds everything."""
    for number, story in enumerate(stories):
        writer = who[-1] if story.event else who[number % 3]
        thread = opened(writer, rooms[story.event], "Ein Titel", "Die Losung: Quittenbrot.")
        posts = [thread["opening_post"]["id"]]
        posts += [said(writer, thread, "Quittenbrot schmeckt.")["id"] for _ in story.posts[1:]]
        with stage.inside(), transaction():
            row = db.session.get_one(Thread, thread["id"])
            row.waits = story.waits
            if story.hidden:
                row.hiding = ThreadHiding(moderator_id="x", at=clock.now())
            for post_id, fate in zip(posts, story.posts, strict=True):
                post = db.session.get_one(Post, post_id)
                post.state = fate.state
                if fate.hidden:
                    post.hiding = Hiding(moderator_id="x", reason="abuse", at=clock.now())


def allowed(actor: Actor) -> set[str]:
    """The slow way: every post that there is, asked one by one whether it may be found."""
    found = set()
    for post_id, thread_id in db.session.execute(sa.select(Post.id, Post.thread_id)).all():
        try:
            thread = discussion.get_thread(actor, thread_id)
            discussion.get_post(actor, post_id)
        except NotFound:
            continue
        sheet = db.session.execute(index.sheets, {"posts": [post_id]}).one()
        shown_to_all = may_know(sheet, LEAST) and card(sheet, LEAST).html is not None
        if shown_to_all and not thread.waits:
            found.add(post_id)
    return found


def found(actor: Actor) -> set[str]:
    """What the search finds, page after page."""
    posts: set[str] = set()
    after = None
    while True:
        page = search(actor, Wanted(query="quittenbrot"), limit=3, after=after)
        assert posts.isdisjoint(hit.card.id for hit in page.found)
        posts |= {hit.card.id for hit in page.found}
        assert all("Quittenbrot" in hit.snippet for hit in page.found)
        after = page.next
        if after is None:
            return posts


@given(st.lists(tales, min_size=1, max_size=4), st.booleans())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_sql_and_the_cards_agree(
    both: Stage,
    ada: Person,
    bela: Person,
    cem: Person,
    eve: Person,
    fay: Person,
    olga: Person,
    event: Gathering,
    stories: list[Tale],
    leaves: bool,
) -> None:
    both.reset()
    elsewhere = another_event(both, olga)
    told(both, [ada, bela, cem, olga], [event.rooms["approaches"], elsewhere.rooms["only"]], stories)
    if leaves:
        removed(both, olga, cem)
    people = (ada, bela, cem, eve, fay, olga)
    with both.inside():
        for who in people:
            assert found(who.actor()) == allowed(who.actor()), f"{who.key}, before the index knows"
        index.refresh(list(db.session.scalars(sa.select(Post.id))))
        for who in people:
            assert found(who.actor()) == allowed(who.actor()), f"{who.key}, after it"
        held = set(
            db.session.scalars(sa.select(SearchDoc.post_id).where(SearchDoc.words.contains("quittenbrot")))
        )
        seen = {post for who in people for post in allowed(who.actor())}
        assert seen <= held
        for post_id in held:
            sheet = db.session.execute(index.sheets, {"posts": [post_id]}).one()
            assert card(sheet, LEAST).html is not None
