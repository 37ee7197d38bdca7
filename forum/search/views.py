"""The page on which one searches."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from forum.i18n import _, pick
from forum.permissions import Actor
from forum.rooms import queries as rooms
from forum.rooms.models import Event
from forum.rooms.phases import PHASE_NAMES, WRITING
from forum.search import queries
from forum.search.forms import ORDERS, SearchForm
from forum.search.queries import Results, Wanted
from forum.web import identity
from forum.web.limits import searching
from forum.web.pages import page

bp = Blueprint("search", __name__)


@bp.get("/search")
@searching
def search() -> Response:
    """What one looks for, where, and what was found."""
    actor = identity.actor()
    event = _event(actor)
    form = _form(actor, event)
    results = None
    asked = bool((form.q.data or "").strip())
    if form.validate() and asked:
        with form.refusals():
            results = queries.search(actor, _wanted(form, event), after=request.args.get("after"))
    more = results and results.next
    return page(
        "search/search.html",
        422 if form.wrong else 200,
        event=event,
        form=form,
        results=results,
        places=_places(actor, results) if results else {},
        several=len(actor.standings) > 1,
        paged="after" in request.args,
        orders=[(value, label, _address(order=value)) for value, label in ORDERS.items()],
        wider=_address(room="", person="", phase="", **{"from": "", "to": ""}),
        first_page=_address(),
        next_page=_address(after=more) if more else "",
        PHASE_NAMES=PHASE_NAMES,
    )


def _event(actor: Actor) -> Event | None:
    """The event that is searched: the one that is asked for, else the only one; None for all of them."""
    asked = request.args.get("event") or (next(iter(actor.standings)) if len(actor.standings) == 1 else None)
    return rooms.get_event(actor, asked) if asked else None


def _form(actor: Actor, event: Event | None) -> SearchForm:
    form = SearchForm()
    everywhere = [("", _("All events"))]
    form.event.choices = everywhere + [(each.id, pick(each.title)) for each in rooms.list_events(actor)]
    form.room.choices = [("", _("All rooms"))]
    form.person.choices = [("", _("Everybody"))]
    form.phase.choices = [("", _("All phases"))] + [(phase.value, _(PHASE_NAMES[phase])) for phase in WRITING]
    if event is not None:
        form.event.data = event.id
        form.room.choices += [(room.id, pick(room.title)) for room in rooms.list_rooms(actor, event.id)]
        form.person.choices += queries.authors(actor, event.id)
    return form


def _wanted(form: SearchForm, event: Event | None) -> Wanted:
    return Wanted(
        query=form.q.data or "",
        event=event.id if event else None,
        room=form.room.data or None,
        person=form.person.data or None,
        phase=form.phase.data or None,
        since=form.first,
        until=form.last,
        newest=form.order.data == "newest",
    )


def _places(actor: Actor, results: Results) -> dict[str, Any]:
    """The rooms in which something was found, by id."""
    events = {found.event for found in results.found}
    return {room.id: room for event in sorted(events) for room in rooms.list_rooms(actor, event)}


def _address(**more: str) -> str:
    """This search, from its first page or another."""
    kept = [(name, said) for name, said in request.args.items() if said and name not in ("after", *more)]
    return "/search?" + urlencode([*kept, *((name, said) for name, said in more.items() if said)])
