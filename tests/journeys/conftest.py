"""A real forum in a process of its own, and real browsers for its people.

Without Chromium these journeys are skipped, unless ``FORUM_TESTS_COMPLETE=1`` says that nothing may be left out.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LONG = (
    "Ein Absatz, der so lang ist, dass er auf jedem Schirm ein paar Zeilen braucht und man rollen muss. " * 6
)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Chromium as it is installed here, silent in the background."""
    if CHROMIUM is None:
        if os.environ.get("FORUM_TESTS_COMPLETE") == "1":
            pytest.fail("Chromium is missing, and FORUM_TESTS_COMPLETE=1 lets nothing be left out")
        pytest.skip("needs Chromium")
    return {
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@dataclass
class House:
    """The running forum and how to speak with it as a program."""

    base: str
    event: str
    rooms: dict[str, str]
    people: dict[str, dict[str, Any]]
    states: dict[str, Any] = field(default_factory=dict)
    """Person -> the cookies of their signed-in browser."""
    instance: str = ""
    """The folder of the running forum."""

    def api(self, who: str, method: str, path: str, **sent: Any) -> Any:
        """A request with the person's access token; gives the answer's JSON."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=json.dumps(sent).encode() if sent else None,
            headers={
                "Authorization": f"Bearer {self.people[who]['token']}",
                "Content-Type": "application/json",
            },
        )
        if method == "PATCH" and path.startswith("/posts/"):
            request.add_header("If-Match", f'"{self.api(who, "GET", path)["version"]}"')
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def topic(self, title: str, answers: int = 0, room: str = "approaches") -> Topic:
        """A topic opened by Fay, with long answers by Cem."""
        made = self.api("fay", "POST", f"/rooms/{self.rooms[room]}/threads", title=title, body=LONG)
        topic = Topic(self, made["id"], made["opening_post"]["id"])
        for number in range(answers):
            topic.answers.append(topic.say("cem", f"Antwort Nummer {number}. {LONG}"))
        return topic


@dataclass
class Topic:
    """A thread of the running forum."""

    house: House
    id: str
    opening: str
    answers: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{self.house.base}/threads/{self.id}"

    def say(self, who: str, body: str, to: str | None = None) -> str:
        """Write a post; gives its id."""
        sent = {"body": body, **({"parent": to} if to else {})}
        made = self.house.api(who, "POST", f"/threads/{self.id}/posts", **sent)
        return str(made["id"])

    def hide(self, post: str) -> None:
        """Ada hides a post."""
        self.house.api("ada", "PUT", f"/posts/{post}/hiding", reason="off_topic")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _await(base: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The forum did not start (exit {server.poll()})")


@pytest.fixture(scope="session")
def forum(
    tmp_path_factory: pytest.TempPathFactory, browser_type_launch_args: dict[str, Any]
) -> Iterator[House]:
    """The forum with its demo event, from the first journey to the last."""
    folder = tmp_path_factory.mktemp("journeys")
    base = f"http://127.0.0.1:{_free_port()}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FORUM_")},
        "FORUM_INSTANCE": str(folder / "instance"),
        "FORUM_BASE_URL": base,
        "FORUM_RATE_LIMITS": "off",
    }
    command = [sys.executable, "app.py", "--demo", "--port", base.rpartition(":")[2]]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _await(base, server)
            demo = [sys.executable, "-m", "flask", "--app", "app", "demo", "--json"]
            told = json.loads(subprocess.check_output(demo, cwd=ROOT, env=environment))
            yield House(base, told["event"], told["rooms"], told["people"], instance=str(folder / "instance"))
        finally:
            server.terminate()
            server.wait(15)


class Watch:
    """What browsers said and asked for that they should not have."""

    def __init__(self, base: str) -> None:
        self.host = urlsplit(base).netloc
        self.console: list[str] = []
        self.foreign: list[str] = []

    def over(self, page: Page) -> None:
        """Watch this page."""
        page.on("console", self._said)
        page.on(
            "pageerror", lambda error: self.console.append(f"{error.name}: {error.message} {error.stack}")
        )
        page.on("request", self._asked)
        page.on("websocket", lambda wire: self._went(wire.url))

    def _said(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        self._went(request.url)

    def _went(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.host:
            self.foreign.append(url)


@pytest.fixture
def watch(forum: House) -> Iterator[Watch]:
    """What the browsers of this journey said and asked for; no journey asks another host for anything."""
    watch = Watch(forum.base)
    yield watch
    assert watch.foreign == []


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(forum: House, browser: Browser, watch: Watch) -> Iterator[Visitor]:
    """``visitor("bela", js=True, locale="en", width=1280, height=800)``: a page of a browser in which Bela is signed in."""
    contexts: list[BrowserContext] = []

    def visit(
        who: str, *, js: bool = True, locale: str = "en", width: int = 1280, height: int = 800, **more: Any
    ) -> Page:
        key = f"{who} {locale}"
        if key not in forum.states:
            forum.states[key] = _sign_in(browser, forum, who, locale)
        context = browser.new_context(
            base_url=forum.base,
            storage_state=forum.states[key],
            java_script_enabled=js,
            viewport={"width": width, "height": height},
            locale=locale,
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch.over(page)
        return page

    yield visit
    for context in contexts:
        context.close()


def _sign_in(browser: Browser, forum: House, who: str, locale: str) -> Any:
    """Sign in by the link of the demo (it works once; a second language takes over the first one's session)."""
    known = next((state for key, state in forum.states.items() if key.startswith(f"{who} ")), None)
    context = browser.new_context(base_url=forum.base, java_script_enabled=False, storage_state=known)
    page = context.new_page()
    if known is None:
        page.goto(forum.people[who]["sign_in_url"])
        page.locator("main form button").click()
    page.goto("/account")
    page.locator(f".langs button[value={locale}]").click()
    state = context.storage_state()
    context.close()
    return state
