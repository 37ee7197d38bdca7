"""The cast: Ada moderates, Bela and Cem take part, Fay facilitates, Olga organises, Eve is a stranger.

Each has a browser that is signed in (``bela.client``), an access token (``bela.api``), sockets (``bela.live()``)
and, for what is done without a request, the actor (``bela.actor()``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask.testing import FlaskClient
from flask_socketio.test_client import SocketIOTestClient
from werkzeug.test import TestResponse

from forum import clock
from forum.live.wire import socketio
from forum.people import actions as people
from forum.people import queries as accounts
from forum.permissions import Actor, Group, Role
from forum.rooms import actions as rooms
from forum.rooms import queries, template
from tests.stage import BASE_URL, Stage

PASSWORD = "Kastanien blühen im Mai"
CAST: dict[str, tuple[str, Role | None, Group]] = {
    "ada": ("Ada Lindner", Role.MODERATOR, Group.OTHER),
    "bela": ("Bela Sommer", Role.PARTICIPANT, Group.MUNICIPALITY),
    "cem": ("Cem Aydın", Role.PARTICIPANT, Group.CIVIL_SOCIETY),
    "fay": ("Fay Brandt", Role.FACILITATOR, Group.OTHER),
    "olga": ("Olga Petersen", Role.ORGANISER, Group.OTHER),
    "eve": ("Eve Fremd", None, Group.OTHER),
}


class Browser:
    """A person's browser: keeps cookies, and puts the page's secret (CSRF) into every form."""

    def __init__(self, stage: Stage, cookie: str | None = None) -> None:
        self.stage = stage
        self.raw: FlaskClient = stage.app.test_client()
        self._csrf: str | None = None
        if cookie:
            self.raw.set_cookie("session", cookie)

    @property
    def cookie(self) -> str:
        """The session cookie, as somebody who copies it has it."""
        found = self.raw.get_cookie("session")
        return found.value if found else ""

    @property
    def csrf(self) -> str:
        """The secret of this browser's session."""
        if self._csrf is None:
            self._csrf = csrf_of(self.raw.get("/help/permissions", follow_redirects=True))
        return self._csrf

    def forget_csrf(self) -> None:
        """The session is another now."""
        self._csrf = None

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.raw.get(path, **more)

    def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form."""
        return self.raw.post(path, data={"csrf_token": self.csrf, **(form or {})}, **more)

    def sign_in_by(self, secret: str) -> TestResponse:
        """Open a sign-in link and press its button."""
        path = f"/sign-in/link/{secret}"
        token = csrf_of(self.raw.get(path))
        answer = self.raw.post(path, data={"csrf_token": token})
        self.forget_csrf()
        return answer

    def sign_in(self, email: str, password: str, **form: str) -> TestResponse:
        """Sign in with a password."""
        answer = self.post("/sign-in", {"email": email, "password": password, **form})
        self.forget_csrf()
        return answer


def csrf_of(page: TestResponse) -> str:
    """The secret in a page's head."""
    found = re.search(r'<meta name="csrf-token" content="([^"]+)"', page.get_data(as_text=True))
    assert found, f"no CSRF token in the page {page.request.path} ({page.status_code})"
    return found[1]


MOMENTARY = ("Set-Cookie", "Content-Length", "Date")
"""Headers that differ from moment to moment; the length follows from the body, which is compared itself."""


def told(answer: TestResponse, *ids: str) -> tuple[int, str, dict[str, str]]:
    """All that an answer tells: status, body and headers, without these ids and without the secrets of the moment."""

    def masked(text: str) -> str:
        for each in ids:
            text = text.replace(each, "ID")
        return re.sub(
            r'(name="csrf-token" content|name="csrf_token" value|name="key"[^>]* value)="[^"]*"', "", text
        )

    headers = {name: masked(value) for name, value in answer.headers if name not in MOMENTARY}
    return answer.status_code, masked(answer.text), headers


class Program:
    """A client of the JSON API with an access token. ``version`` goes into If-Match, ``key`` into Idempotency-Key."""

    PREFIX = "/api/v1"

    def __init__(self, stage: Stage, token: str | None) -> None:
        self._client = stage.app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        version: int | str | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """Any request."""
        sent = {**self.headers, **(headers or {})}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        if key is not None:
            sent["Idempotency-Key"] = key
        if json is not None:
            more["json"] = json
        return self._client.open(self.PREFIX + path, method=method, headers=sent, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.send("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.send("POST", path, json, **more)

    def put(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.send("PUT", path, json, **more)

    def patch(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.send("PATCH", path, json, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.send("DELETE", path, **more)

    def all(self, path: str, limit: int = 100) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        found: list[dict[str, Any]] = []
        mark = "&" if "?" in path else "?"
        after = ""
        while True:
            page = self.get(f"{path}{mark}limit={limit}{after}").get_json()
            found += page["items"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"


class Live:
    """A socket, and what it was told."""

    def __init__(self, client: SocketIOTestClient) -> None:
        self.client = client

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected())

    def follow(self, **wanted: Any) -> dict[str, Any]:
        """Follow, and give the answer."""
        answer: dict[str, Any] = self.client.emit("follow", wanted, callback=True)
        return answer

    def emit(self, event: str, *values: Any) -> Any:
        return self.client.emit(event, *values, callback=event != "typing")

    def told(self, event: str = "change") -> list[dict[str, Any]]:
        """What was told of this event since the last look; everything else is thrown away."""
        return [packet["args"][0] for packet in self.client.get_received() if packet["name"] == event]

    def everything(self) -> list[dict[str, Any]]:
        """All packets since the last look."""
        packets: list[dict[str, Any]] = self.client.get_received()
        return packets


@dataclass
class Person:
    """One of the cast."""

    stage: Stage
    key: str
    name: str
    email: str
    account_id: str
    member_id: str | None
    token: str
    cookie: str = field(repr=False)

    @cached_property
    def client(self) -> Browser:
        """A browser in which the person is signed in."""
        return self.browser()

    @cached_property
    def api(self) -> Program:
        """A program with the person's token."""
        return Program(self.stage, self.token)

    def browser(self) -> Browser:
        """One more browser with the same session."""
        return Browser(self.stage, self.cookie)

    def actor(self) -> Actor:
        """The person as actions take them; inside of ``stage.inside()``."""
        return queries.load_actor(self.account_id)

    def live(self, *, by: str = "token", origin: str | None = BASE_URL, **auth: Any) -> Live:
        """A socket, by token or by the browser's cookie."""
        headers = {"Origin": origin} if origin and by == "cookie" else {}
        socket = socketio.test_client(
            self.stage.app,
            auth={"token": self.token, **auth} if by == "token" else (auth or None),
            headers=headers,
            flask_test_client=self.client.raw if by == "cookie" else None,
        )
        self.stage.sockets.append(socket)
        return Live(socket)


@dataclass
class Gathering:
    """The event of the cast: begins two weeks from now; ``shrinking-spaces`` is pre-moderated, the others are not."""

    id: str
    rooms: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime

    def moment(self, phase: str) -> datetime:
        """A moment in this phase, for ``clock.at``."""
        return {
            "before": self.starts_at - timedelta(hours=1),
            "during": self.starts_at + timedelta(hours=1),
            "after": self.ends_at + timedelta(hours=1),
            "archived": self.closes_at + timedelta(hours=1),
        }[phase]


@dataclass
class Company:
    """The cast and their event."""

    people: dict[str, Person]
    event: Gathering


def gather(stage: Stage) -> Company:
    """Make the cast and the event; all of it through actions, and each sign-in through its page."""
    starts = (clock.now() + timedelta(days=14)).replace(microsecond=0)
    with stage.inside():
        made = {
            key: people.create_account(
                f"{key}@stadt.example", name, password=PASSWORD, organises=key == "olga"
            )
            for key, (name, _role, _group) in CAST.items()
        }
        ids = {key: account.id for key, account in made.items()}
        plan = rooms.EventPlan(
            title={"de": "Die Rolle der Zivilgesellschaft", "en": "The role of civil society"},
            welcome={"de": "Willkommen im **Forum**."},
            starts_at=starts,
            ends_at=starts + timedelta(hours=6),
        )
        event = rooms.found_event(made["olga"], plan, template.rooms())
        for key, (_name, role, group) in CAST.items():
            if role is not None:
                rooms.set_member(event, accounts.get_account(ids[key]), {role}, group)
        gathering = Gathering(
            id=event.id,
            rooms={room.key: room.id for room in event.rooms},
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            closes_at=event.closes_at,
        )
        ways = {}
        for key in CAST:
            account = accounts.get_account(ids[key])
            ways[key] = (people.create_token(account), people.create_link(account))
        members = {
            key: next((s.member_id for s in queries.load_actor(ids[key]).standings.values()), None)
            for key in CAST
        }
    cast = {}
    for key, (name, _role, _group) in CAST.items():
        browser = Browser(stage)
        assert browser.sign_in_by(ways[key][1]).status_code == 303
        assert browser.csrf
        cast[key] = Person(
            stage=stage,
            key=key,
            name=name,
            email=f"{key}@stadt.example",
            account_id=ids[key],
            member_id=members[key],
            token=ways[key][0],
            cookie=browser.cookie,
        )
    stage.keep()
    return Company(cast, gathering)
