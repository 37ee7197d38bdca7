"""Every route, for every role: what it answers. A route without a row here does not pass.

And the other half: what one may not know of and what never was are answered alike.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import opened, said
from tests.cast import Browser, Gathering, Person, Program, told
from tests.leaks.world import GAP, QUERIES, planted, rules, withheld
from tests.pictures import pictured
from tests.stage import Stage

ROLES = ("nobody", "eve", "cem", "bela", "fay", "ada", "olga")
"""Nobody; a stranger; a participant; the author of everything; a facilitator; a moderator; an organiser."""
ALL = "cem bela fay ada olga"


def row(ok: int, who: str = ALL, *, nobody: int = 401, eve: int = 404, others: int = 403) -> dict[str, int]:
    """``ok`` for those named, ``others`` for the other members."""
    statuses = {role: ok if role in who.split() else others for role in ROLES[2:]}
    return {"nobody": nobody, "eve": eve, **statuses}


def page(ok: int = 200, who: str = ALL, **more: int) -> dict[str, int]:
    """A page: who is not signed in is led to the sign-in."""
    return row(ok, who, nobody=303, **more)


ANYBODY = row(200, nobody=200, eve=200)
OWN = row(200, nobody=303, eve=200)
TABLE: dict[str, dict[str, int]] = {
    # for everybody
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /api/v1/openapi.json": ANYBODY,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": row(422, nobody=422, eve=422),
    "GET /sign-in/link/<secret>": row(404, nobody=404),
    "POST /sign-in/link/<secret>": row(404, nobody=404),
    "GET /first/<secret>": row(404, nobody=404),
    "POST /first/<secret>": row(404, nobody=404),
    "POST /sign-out": row(303, nobody=303, eve=303),
    "POST /language": row(303, nobody=303, eve=303),
    # for who is signed in
    "GET /": {**row(303, nobody=303, eve=200), "olga": 200},
    "GET /account": OWN,
    "POST /account": row(422, eve=422),
    "POST /account/sessions": row(303, eve=303),
    "GET /help/permissions": ANYBODY,
    "POST /preview": row(200, eve=200),
    "GET /api/v1/me": row(200, eve=200),
    "GET /api/v1/events": row(200, eve=200),
    # members: reading
    "GET /events/<event_id>": page(),
    "GET /rooms/<room_id>": page(),
    "GET /rooms/<room_id>/threads/new": page(),
    "GET /threads/<thread_id>": page(),
    "GET /threads/<thread_id>/changes": page(),
    "GET /posts/<post_id>": page(303),
    "GET /posts/<post_id>/card": page(),
    "GET /posts/<post_id>/reply": page(),
    "GET /files/<file_id>": page(),
    "GET /files/<file_id>/small": page(),
    "GET /api/v1/events/<event_id>": row(200),
    "GET /api/v1/events/<event_id>/rooms": row(200),
    "GET /api/v1/rooms/<room_id>": row(200),
    "GET /api/v1/rooms/<room_id>/threads": row(200),
    "GET /api/v1/threads/<thread_id>": row(200),
    "GET /api/v1/threads/<thread_id>/posts": row(200),
    "GET /api/v1/threads/<thread_id>/changes": row(200),
    "GET /api/v1/posts/<post_id>": row(200),
    "GET /posts/<post_id>/versions": page(),
    "GET /threads/<thread_id>/people": page(),
    "GET /threads/<thread_id>/unread": page(303),
    "GET /search": page(200, eve=200),
    "GET /api/v1/search": row(200, eve=200),
    "GET /api/v1/posts/<post_id>/versions": row(200),
    "POST /threads/<thread_id>/reading": row(303),
    "POST /rooms/<room_id>/reading": row(303),
    "POST /events/<event_id>/reading": row(303),
    "POST /reading-order": row(303, eve=303),
    "POST /posts/<post_id>/quotation": row(200),
    "GET /drafts": OWN,
    "GET /drafts/<kind>/<thing_id>": OWN,
    "POST /drafts/<kind>/<thing_id>": row(303),
    "GET /drafts/<kind>/<thing_id>/removal": page(404),
    "POST /drafts/<kind>/<thing_id>/removal": row(404),
    # members: writing
    "POST /rooms/<room_id>/threads": row(303),
    "POST /threads/<thread_id>/posts": row(303),
    "POST /rooms/<room_id>/files": row(200),
    "POST /posts/<post_id>/reactions/<kind>": row(303),
    "POST /api/v1/rooms/<room_id>/threads": row(201),
    "POST /api/v1/threads/<thread_id>/posts": row(201),
    "PUT /api/v1/posts/<post_id>/reactions/<kind>": row(200),
    "DELETE /api/v1/posts/<post_id>/reactions/<kind>": row(200),
    # the author
    "GET /posts/<post_id>/edit": page(200, "bela"),
    "POST /posts/<post_id>/edit": row(303, "bela"),
    "GET /posts/<post_id>/deletion": page(200, "bela"),
    "POST /posts/<post_id>/deletion": row(303, "bela"),
    "PATCH /api/v1/posts/<post_id>": row(200, "bela"),
    "DELETE /api/v1/posts/<post_id>": row(200, "bela"),
    # moderators
    "GET /posts/<post_id>/hiding": page(200, "ada"),
    "POST /posts/<post_id>/hiding": row(303, "ada"),
    "POST /posts/<post_id>/<any(restoration,pin,unpin,approval,rejection):verb>": row(303, "ada"),
    "POST /threads/<thread_id>/<any(lock,unlock,pin,unpin,hiding,restoration):verb>": row(303, "ada"),
    "GET /threads/<thread_id>/settings": page(200, "ada"),
    "POST /threads/<thread_id>/settings": row(303, "ada"),
    "PUT /api/v1/posts/<post_id>/hiding": row(200, "ada"),
    "DELETE /api/v1/posts/<post_id>/hiding": row(200, "ada"),
    "PUT /api/v1/posts/<post_id>/pin": row(200, "ada"),
    "DELETE /api/v1/posts/<post_id>/pin": row(200, "ada"),
    "POST /api/v1/posts/<post_id>/verdict": row(200, "ada"),
    "PUT /api/v1/threads/<thread_id>/lock": row(200, "ada"),
    "DELETE /api/v1/threads/<thread_id>/lock": row(200, "ada"),
    "PUT /api/v1/threads/<thread_id>/pin": row(200, "ada"),
    "DELETE /api/v1/threads/<thread_id>/pin": row(200, "ada"),
    "PUT /api/v1/threads/<thread_id>/hiding": row(200, "ada"),
    "DELETE /api/v1/threads/<thread_id>/hiding": row(200, "ada"),
    "PATCH /api/v1/threads/<thread_id>": row(200, "ada"),
    # facilitators
    "GET /events/<event_id>/summaries": page(200, "fay"),
    "POST /events/<event_id>/summaries": row(303, "fay"),
    "GET /events/<event_id>/export": page(200, "fay"),
    "GET /summaries/<summary_id>": page(200, "fay", others=404),
    "POST /summaries/<summary_id>": row(303, "fay", others=404),
    "POST /summaries/<summary_id>/deletion": row(303, "fay", others=404),
    "GET /summaries/<summary_id>/export": page(200, "fay", others=404),
    "GET /api/v1/events/<event_id>/summaries": row(200, "fay"),
    "POST /api/v1/events/<event_id>/summaries": row(201, "fay"),
    "GET /api/v1/events/<event_id>/export": row(200, "fay"),
    "GET /api/v1/summaries/<summary_id>": row(200, "fay", others=404),
    "PATCH /api/v1/summaries/<summary_id>": row(200, "fay", others=404),
    "GET /api/v1/summaries/<summary_id>/export": row(200, "fay", others=404),
    # organisers
    "GET /events/new": page(200, "olga", eve=403),
    "POST /events/new": row(303, "olga", eve=403),
    "GET /events/<event_id>/settings": page(200, "olga"),
    "GET /events/<event_id>/edit": page(200, "olga"),
    "POST /events/<event_id>/edit": row(303, "olga"),
    "GET /events/<event_id>/rooms/new": page(200, "olga"),
    "POST /events/<event_id>/rooms/new": row(303, "olga"),
    "GET /rooms/<room_id>/settings": page(200, "olga"),
    "POST /rooms/<room_id>/settings": row(303, "olga"),
    "GET /events/<event_id>/members": page(200, "olga"),
    "POST /events/<event_id>/members": row(200, "olga"),
    "GET /members/<member_id>": page(200, "olga"),
    "POST /members/<member_id>": row(303, "olga"),
    "POST /members/<member_id>/removal": row(303, "olga"),
    "POST /members/<member_id>/link": row(200, "olga"),
}
"""METHOD and rule -> the status for each role, where the thing is published and the role could do it."""

EVENT = {
    "title_de": "T",
    "day": "2030-05-02",
    "begins": "10:00",
    "ends": "16:00",
    "closes": "2030-06-02",
    "version": "1",
}
ROOM = {"title_de": "R", "posting": "before", "names": "own"}
SENT: dict[str, dict[str, Any]] = {
    "POST /sign-in": {"email": "bela@stadt.example", "password": "falsch"},
    "POST /account": {"password": "kurz"},
    "POST /language": {"lang": "de"},
    "POST /preview": {"body": "B"},
    "POST /rooms/<room_id>/threads": {"title": "T", "body": "B"},
    "POST /threads/<thread_id>/posts": {"body": "B"},
    "POST /posts/<post_id>/edit": {"body": "B", "version": "1"},
    "POST /posts/<post_id>/hiding": {"reason": "abuse"},
    "POST /threads/<thread_id>/settings": {"title": "T"},
    "POST /events/new": EVENT,
    "POST /events/<event_id>/edit": EVENT,
    "POST /events/<event_id>/rooms/new": ROOM,
    "POST /rooms/<room_id>/settings": ROOM,
    "POST /events/<event_id>/members": {"people": "neu@stadt.example"},
    "POST /members/<member_id>": {"roles": "moderator", "group": "other"},
    "POST /summaries/<summary_id>": {"title": "T", "heading-0": "H", "version": "1"},
    "POST /api/v1/rooms/<room_id>/threads": {"title": "T", "body": "B"},
    "POST /api/v1/threads/<thread_id>/posts": {"body": "B"},
    "PATCH /api/v1/posts/<post_id>": {"body": "B"},
    "PUT /api/v1/posts/<post_id>/hiding": {"reason": "abuse"},
    "POST /api/v1/posts/<post_id>/verdict": {"verdict": "approve"},
    "PATCH /api/v1/threads/<thread_id>": {"title": "T"},
    "PATCH /api/v1/summaries/<summary_id>": {"title": "T"},
}
"""What a right request sends."""


def offered(forum: Stage) -> list[str]:
    return sorted(
        f"{method} {rule.rule}"
        for rule in rules(forum)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def test_every_route_has_its_row(forum: Stage) -> None:
    assert sorted(set(offered(forum)) ^ set(TABLE)) == []


def asked(
    forum: Stage, cast: dict[str, Person], who: str, call: str, path: str, sent: dict[str, Any]
) -> TestResponse:
    """Make the call as this role."""
    method = call.partition(" ")[0]
    if path.startswith(Program.PREFIX):
        program = cast[who].api if who in cast else Program(forum, None)
        body = sent if method != "GET" and (sent or call in SENT) else None
        version = 1 if method == "PATCH" else None
        return program.send(method, path.removeprefix(Program.PREFIX), body, version=version)
    browser = cast[who].browser() if who in cast else Browser(forum)
    return browser.get(path) if method == "GET" else browser.post(path, sent)


ASKED = {"GET /threads/<thread_id>/changes": "?after=0", "GET /api/v1/search": "?q=Partnerschaften"}
"""What a right question asks."""


def filled(call: str, ids: dict[str, str]) -> str:
    return GAP.sub(lambda gap: ids[gap[1]], call.partition(" ")[2]) + ASKED.get(call, "")


@pytest.mark.parametrize("call", TABLE)
def test_what_a_route_answers_to_whom(
    forum: Stage, cast: dict[str, Person], event: Gathering, call: str
) -> None:
    bela, fay = cast["bela"], cast["fay"]
    room = event.rooms["support"]
    ids = {
        "event_id": event.id,
        "room_id": room,
        "secret": "falsch",
        "kind": "agree",
        "member_id": str(cast["cem"].member_id),
    }
    if "thing_id" in call:
        ids |= {"kind": "thread"}
    if "thread_id" in call or "post_id" in call or "thing_id" in call:
        thread = opened(bela, room)
        ids |= {
            "thread_id": thread["id"],
            "post_id": said(bela, thread)["id"],
            "verb": "pin",
            "thing_id": thread["id"],
        }
    if "file_id" in call:
        ids["file_id"] = pictured(bela, room, opened(bela, room)["id"])[1]
    sent = dict(SENT.get(call, {}))
    if "summar" in call:
        made = {"title": "T", "rooms": [room]}
        ids["summary_id"] = fay.api.post(f"/events/{event.id}/summaries", made).get_json()["id"]
        sent = sent or made
    rows = forum.rows()
    answers = {}
    for who in ROLES:
        forum.reset(rows)
        answers[who] = asked(forum, cast, who, call, filled(call, ids), sent).status_code
    assert answers == TABLE[call]


@pytest.mark.parametrize("who", ["nobody", "eve", "cem", "fay", "olga"])
def test_what_one_may_not_know_of_and_what_never_was_are_answered_alike(
    forum: Stage, cast: dict[str, Person], event: Gathering, who: str
) -> None:
    world = planted(forum, cast, event)
    withheld(cast, world)
    secret = {
        "event_id": [world.other.id if who != "eve" else event.id],
        "room_id": [world.other.rooms["only"] if who != "eve" else event.rooms["support"]],
        "thread_id": [world.threads[key] for key in ("hidden topic", "topic that waits")]
        + [world.threads["foreign" if who != "eve" else "main"]],
        "post_id": [
            world.posts[key]
            for key in (
                "pending",
                "rejected",
                "withdrawn while it waited",
                "hidden topic",
                "topic that waits",
            )
        ]
        + [world.posts["foreign" if who != "eve" else "published"]],
        "summary_id": world.ids["summary_id"] if who != "fay" else [],
        "file_id": world.ids["file_id"],
        "member_id": [m for m in world.ids["member_id"] if who in ("nobody", "eve")],
    }
    for call in offered(forum):
        gaps = GAP.findall(call)
        if not gaps or "secret" in gaps or gaps[0] not in secret:
            continue
        for hidden_id, body in itertools.product(secret[gaps[0]], (SENT.get(call, {}), {})):
            never = hidden_id[:-1] + ("a" if hidden_id[-1] != "a" else "b")
            pair = []
            for each in (hidden_id, never):
                ids = {"kind": "agree", "verb": "pin", **{gap: each for gap in gaps if gap in secret}}
                answer = asked(forum, cast, who, call, filled(call, ids), dict(body))
                pair.append(told(answer, each))
            assert pair[0] == pair[1], (call, body)
            assert pair[0][0] in (303, 400, 401, 404, 415, 422, 428), (call, pair[0][0])


def test_queries_name_routes_that_are_there(forum: Stage) -> None:
    """The leak matrix asks them; one that is spelled wrong would ask nothing."""
    endpoints = {rule.endpoint for rule in rules(forum)}
    assert sorted(set(QUERIES) - endpoints) == []
