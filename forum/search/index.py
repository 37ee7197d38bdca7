"""What can be found, kept equal to what can be read: written in the transaction that makes, changes or hides a post.

It is made of cards as the least privileged reader is shown them, so it cannot hold a word that is withheld.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from forum.config import Settings, WrongSetting
from forum.db import atomic, db, table
from forum.discussion import quotes
from forum.discussion.cards import LEAST, card, may_know
from forum.discussion.models import Post, Thread
from forum.discussion.queries import SHEET
from forum.rooms.models import Room
from forum.search import normal
from forum.search.models import SearchDoc

BATCH = 500
PLACE = "\ue000"
"""Begins each word that says where a post stands; no folded word holds this sign, so no query can ask for one."""
TITLED = PLACE + "t"
"""Stands with what has a title: few among many, and looked at first."""
_QUOTATION = re.compile(r'<blockquote class="quote".*?</blockquote>', re.DOTALL)

doc, _post, _thread, _room = (table(model) for model in (SearchDoc, Post, Thread, Room))
sheets = (
    SHEET.add_columns(
        _thread.c.title, _thread.c.waits, _thread.c.opening_id, _thread.c.room_id, _room.c.event_id
    )
    .join(_thread, _thread.c.id == _post.c.thread_id)
    .join(_room, _room.c.id == _thread.c.room_id)
    .where(_post.c.id.in_(sa.bindparam("posts", expanding=True)))
)
"""Posts as cards take them, with their topic and where it stands."""
_present = sa.select(doc).where(doc.c.post_id.in_(sa.bindparam("posts", expanding=True)))
_change = (
    sa.update(doc)
    .where(doc.c.id == sa.bindparam("at"))
    .values(title=sa.bindparam("title"), words=sa.bindparam("words"), place=sa.bindparam("place"))
)
_drop = sa.delete(doc).where(doc.c.id == sa.bindparam("at"))
_INSERTS: dict[str, Any] = {
    dialect: kind.insert(doc).on_conflict_do_nothing(index_elements=["id"])
    for dialect, kind in {"sqlite": sqlite, "postgresql": postgresql}.items()
}
_keep_words = sa.text("INSERT OR IGNORE INTO search_word (id, word) SELECT value, key FROM json_each(:words)")
_drop_words = sa.text(
    """DELETE FROM search_word WHERE id IN (
        SELECT search_word.id FROM json_each(:words) AS gone JOIN search_word ON search_word.id = gone.value
        WHERE NOT EXISTS (SELECT 1 FROM search_text
            WHERE search_text MATCH '{title words} : "' || search_word.word || '"'))"""
)


def on_sqlite() -> bool:
    """Whether the full-text tables are SQLite's."""
    return bool(db.engine.dialect.name == "sqlite")


def readable(html: str) -> str:
    """What a post as it is shown says itself: quotations are found where they come from, and fall with it there."""
    return quotes.spoken(_QUOTATION.sub("", html))


@atomic
def refresh(post_ids: Sequence[str]) -> None:
    """Bring what can be found of these posts in line with what can be read of them now."""
    db.session.flush()
    present = {row.post_id: row for row in db.session.execute(_present, {"posts": post_ids})}
    gone: set[str] = set()
    new: set[str] = set()
    for sheet in sorted(db.session.execute(sheets, {"posts": post_ids}), key=lambda row: row.created_at):
        found, wanted = present.get(sheet.id), _wanted(sheet)
        if found is not None:
            gone.update(_all_words(found._mapping))
        if wanted is not None:
            new.update(_all_words(wanted))
        if wanted is None:
            if found is not None:
                db.session.execute(_drop, {"at": found.id})
        elif found is None:
            _insert(sheet, wanted)
        elif any(found._mapping[name] != said for name, said in wanted.items()):
            db.session.execute(_change, {"at": found.id, **wanted})
    if on_sqlite():
        _remember(new)
        _forget(gone - new)


def _wanted(sheet: Any) -> dict[str, str] | None:
    """What is to be found of a post; None where nothing is."""
    if sheet.waits or not may_know(sheet, LEAST):
        return None
    shown = card(sheet, LEAST)
    title = normal.line(sheet.title) if sheet.opening_id == sheet.id else ""
    place = [f"{PLACE}e{sheet.event_id}", f"{PLACE}p{sheet.phase}"] + ([TITLED] if title else [])
    words = ""
    if shown.html is not None:
        words = normal.line(f"{shown.warning or ''}\n{readable(shown.html)}")
        if shown.author and shown.author.member:
            place.append(f"{PLACE}m{shown.author.member}")
    return {"title": title, "words": words, "place": " ".join(place)} if title or words else None


def _all_words(row: Any) -> list[str]:
    return [*row["title"].split(), *row["words"].split()]


def _insert(sheet: Any, wanted: dict[str, str]) -> None:
    at = int(sheet.created_at.timestamp() * 1000)
    insert = _INSERTS[db.engine.dialect.name]
    while not db.session.execute(insert, {"id": at, "post_id": sheet.id, **wanted}).rowcount:  # type: ignore[attr-defined]
        at += 1


@lru_cache(maxsize=50_000)
def _number(word: str) -> int:
    """Where a word stands among all: the shorter ones first."""
    return len(word) << 56 | int.from_bytes(blake2b(word.encode(), digest_size=7).digest(), "big")


def _remember(words: Iterable[str]) -> None:
    numbers = {word: _number(word) for word in words}
    if numbers:
        db.session.execute(_keep_words, {"words": json.dumps(numbers)})


def _forget(words: Iterable[str]) -> None:
    """Take out the words that nothing holds any more."""
    numbers = [_number(word) for word in words]
    if numbers:
        db.session.execute(_drop_words, {"words": json.dumps(numbers)})


def rebuild() -> int:
    """Make anew all that can be found; gives how many posts were looked at. Others may write meanwhile."""
    posts = list(db.session.scalars(sa.select(_post.c.id).order_by(_post.c.created_at, _post.c.id)))
    db.session.rollback()
    for start in range(0, len(posts), BATCH):
        refresh(posts[start : start + BATCH])
    purge()
    return len(posts)


def purge() -> None:
    """Take the words of what was removed out of the database's files, where an index keeps them for a while.

    Costs seconds with many posts: for the night, and for after an erasure. On SQLite a checkpoint that truncates the
    write-ahead log has to follow.
    """
    if not on_sqlite():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM search_doc")
        return
    _purge_sqlite()


@atomic
def _purge_sqlite() -> None:
    run = db.session.connection().exec_driver_sql
    run("INSERT INTO search_text(search_text) VALUES ('optimize')")
    run("CREATE VIRTUAL TABLE temp.search_vocabulary USING fts5vocab(main, search_text, 'row')")
    run("DELETE FROM search_word WHERE word NOT IN (SELECT term FROM temp.search_vocabulary)")
    run("DROP TABLE temp.search_vocabulary")
    run("INSERT INTO search_gram(search_gram) VALUES ('optimize')")


def check(settings: Settings) -> None:
    """Refuse a PostgreSQL that finds no Arabic words: raises ``WrongSetting``.

    Where the database does not answer nothing is said; the start ends there anyway, or waits for it.
    """
    if settings.sqlite:
        return
    engine = sa.create_engine(settings.database_url, connect_args={"connect_timeout": 5})
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            shown = connection.exec_driver_sql("SELECT show_trgm('شراكة')").scalar_one()
            locale = connection.exec_driver_sql("SHOW lc_ctype").scalar_one()
    except sa.exc.OperationalError:
        return
    except sa.exc.DBAPIError:
        raise WrongSetting(
            "FORUM_DATABASE_URL: searching needs the extension pg_trgm; "
            "let an administrator of the database run CREATE EXTENSION pg_trgm."
        ) from None
    finally:
        engine.dispose()
    if not shown:
        raise WrongSetting(
            f"FORUM_DATABASE_URL: with the character type {locale} this database finds no Arabic word; "
            "make it anew with LC_CTYPE C.UTF-8, or another that ends in UTF-8."
        )
