"""Drafts of posts: what a place to write in is, how a form finds its draft again, and what keeps words that are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from flask import g, request, url_for
from werkzeug.datastructures import MultiDict

from forum import clock, text
from forum.db import atomic, new_id
from forum.discussion import authorship, queries
from forum.discussion.forms import EditForm, PostForm, ThreadForm
from forum.discussion.models import DELETED, WITHDRAWN
from forum.discussion.states import shown_title
from forum.drafts import actions as drafts
from forum.drafts import queries as kept
from forum.drafts.queries import Kept
from forum.errors import Conflict, Forbidden, NotFound, Refused, Stale
from forum.i18n import _, say_moment, say_time
from forum.permissions import Actor
from forum.rooms import queries as rooms
from forum.rooms.models import Room
from forum.rooms.queries import room_title

AnyForm = TypeVar("AnyForm", bound=PostForm | EditForm)
FORMS: dict[str, type[PostForm] | type[EditForm]] = {
    "room": ThreadForm,
    "thread": PostForm,
    "reply": PostForm,
    "edit": EditForm,
}
"""A place to write in is ``KIND/ID``: a new topic of a room, a post in a thread, an answer to a post, its new words."""
NO_WORDS = frozenset({"csrf_token", "key", "parent"})
WORDS = ("title", "body")
"""The fields without which there is nothing to keep."""


def opened(actor: Actor, form: type[AnyForm], kind: str, thing_id: str, **values: object) -> AnyForm:
    """A form for this place with the actor's draft in it; without one, with these values."""
    place = f"{kind}/{thing_id}"
    if request.method == "POST":
        return placed(form(**values), place)
    draft = kept.find(actor, place)
    made = form(formdata=MultiDict(draft.words) if draft else None, **values)
    if isinstance(made, PostForm):
        made.key.data = new_id()
    return placed(made, place, draft)


def placed(form: AnyForm, place: str, draft: Kept | None = None) -> AnyForm:
    """The form, knowing where its draft is kept, and since when."""
    form.place = place
    form.saved = said(draft) if draft else ""
    return form


def said(draft: Kept) -> str:
    """Since when it is kept, in words."""
    today = draft.at.astimezone(clock.ZONE).date() == clock.now().astimezone(clock.ZONE).date()
    moment = say_time(draft.at) if today else say_moment(draft.at)
    return _("Draft saved %(moment)s", moment=moment)


def words(form: PostForm | EditForm) -> dict[str, list[str]]:
    """What stands in the form's own fields, as it was typed; nothing where nobody has written a word."""
    if not any((form[name].data or "").strip() for name in WORDS if name in form):
        return {}
    return {
        field.name: [value for value in field.raw_data or () if isinstance(value, str)]
        for field in form
        if field.name not in NO_WORDS
    }


def keep(actor: Actor, form: PostForm | EditForm, place: str) -> Kept | None:
    """Keep what stands in the form; where nothing does any more, let the draft go."""
    typed = words(form)
    if not typed:
        drafts.discard(actor, place)
        return None
    return drafts.save(actor, place, typed)


@contextmanager
def keeping(actor: Actor, form: AnyForm, kind: str, thing_id: str) -> Iterator[None]:
    """What is refused in here stays as a draft, so that it survives a form that is closed before it is mended."""
    place = f"{kind}/{thing_id}"
    placed(form, place)
    try:
        yield
    except (Refused, Forbidden, Stale, Conflict, NotFound):
        _keep_refused(actor, form)
        raise
    if form.wrong:
        _keep_refused(actor, form)


def _keep_refused(actor: Actor, form: PostForm | EditForm) -> None:
    with suppress(Refused):
        placed(form, form.place, keep(actor, form, form.place))
    g.draft_said = form.saved


def sending(actor: Actor, form: AnyForm, make: Callable[[], str]) -> Callable[[], str]:
    """``make``, with the form's draft gone in the same transaction."""

    @atomic
    def whole() -> str:
        made = make()
        drafts.discard(actor, form.place)
        return made

    return whole


def require_place(actor: Actor, kind: str, thing_id: str) -> None:
    """Raise ``NotFound`` where the actor cannot know of the place and has written nothing there before."""
    if kind not in FORMS:
        raise NotFound
    if kept.find(actor, f"{kind}/{thing_id}") is None and _named(actor, kind, thing_id) is None:
        raise NotFound


def room_of(actor: Actor, kind: str, thing_id: str) -> Room | None:
    """The room in which one writes there; None where the actor cannot know of it."""
    with suppress(NotFound):
        if kind == "room":
            return rooms.get_room(actor, thing_id)
        if kind == "thread":
            return queries.get_thread(actor, thing_id).room
        return queries.get_post(actor, thing_id).thread.room
    return None


def address(kind: str, thing_id: str) -> str:
    """The page on which one writes there."""
    if kind == "room":
        return url_for("discussion.new_thread", room_id=thing_id)
    if kind == "thread":
        return url_for("discussion.thread", thread_id=thing_id, _anchor="write")
    return url_for(f"discussion.{kind}", post_id=thing_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A draft in the list of one's own. ``where`` and ``href`` are None where one can know of the place no more."""

    kind: str
    id: str
    where: str | None
    href: str | None
    title: str
    excerpt: str
    body: str
    said: str


def shown(actor: Actor) -> list[Shown]:
    """The actor's drafts with what they can still know of their places, the latest first."""
    return [_shown(actor, draft) for draft in kept.everything(actor)]


def _shown(actor: Actor, draft: Kept) -> Shown:
    kind, _slash, thing_id = draft.place.partition("/")
    where = _named(actor, kind, thing_id)
    body = draft.first("body")
    return Shown(
        kind=kind,
        id=thing_id,
        where=where,
        href=address(kind, thing_id) if where is not None else None,
        title=draft.first("title"),
        excerpt=text.excerpt(body, 240),
        body=body,
        said=said(draft),
    )


def _named(actor: Actor, kind: str, thing_id: str) -> str | None:
    """The title of the room or topic in which one writes there; None where the actor cannot know of it."""
    try:
        if kind == "room":
            return room_title(rooms.get_room(actor, thing_id))
        if kind == "thread":
            return shown_title(queries.get_thread(actor, thing_id))
        post = queries.get_post(actor, thing_id)
    except NotFound:
        return None
    if kind == "edit" and (not authorship.owns(actor, post) or post.state in (DELETED, WITHDRAWN)):
        return None
    return shown_title(post.thread)
