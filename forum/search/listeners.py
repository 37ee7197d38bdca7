"""What can be found follows what happens, in the same transaction.

Rooms and hidden topics need no listener: the search asks for them where it asks for its hits.
"""

from __future__ import annotations

import sqlalchemy as sa

from forum.changes import PostChange, ThreadChange
from forum.db import db, table
from forum.discussion.models import Thread
from forum.search import index

_thread = table(Thread)


def post_changed(change: PostChange) -> None:
    """A post appeared, changed, or its words were withheld or given back."""
    index.refresh([change.post_id])


def title_changed(change: ThreadChange) -> None:
    """A topic is found by its new title alone."""
    opening = db.session.scalar(sa.select(_thread.c.opening_id).where(_thread.c.id == change.thread_id))
    if opening is not None:
        index.refresh([opening])
