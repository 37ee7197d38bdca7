"""What can be found. ``search_doc`` holds it; the indexes over it are made by hand in the migration ``2026_11_search``.

On SQLite triggers keep the full-text tables equal to their rows, whoever deletes one: ``search_text`` (FTS5 over
``search_doc``, one token for each word) and ``search_gram`` (FTS5 ``trigram`` over ``search_word``, every different
word once). On PostgreSQL ``pg_trgm`` indexes lie on ``title`` and ``words``. A later migration that copies one of these
tables has to make the triggers anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.db import Id, Model


class SearchDoc(Model):
    """A post as it is found: what every reader of its room may read of it, and nothing of what is withheld.

    A topic's title belongs to its opening post, and stays where the words of that one are withheld.
    """

    __tablename__ = "search_doc"
    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """The millisecond since 1970 in which the post appeared, or the next that is free: the order of results."""
    post_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str] = mapped_column(sa.Text)
    """Words as ``normal.line`` writes them."""
    words: Mapped[str] = mapped_column(sa.Text)
    """The same; empty where only the title may be read."""
    place: Mapped[str] = mapped_column(sa.Text)
    """Event, phase and, for a post under its author's name, member: as words that filter."""
