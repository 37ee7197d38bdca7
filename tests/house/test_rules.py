"""Rules of the house that no linter knows: each with its reason, and a check that it can fail."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forum.permissions import Permission, Role
from tests.builders import opened, word
from tests.cast import PASSWORD, Browser, Gathering, Person
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]


def python(folder: str = "forum") -> Iterator[tuple[Path, str]]:
    for file in sorted((ROOT / folder).rglob("*.py")):
        yield file.relative_to(ROOT), file.read_text("utf-8")


def templates() -> Iterator[tuple[Path, str]]:
    for file in sorted((ROOT / "templates").rglob("*.html")):
        yield file.relative_to(ROOT), file.read_text("utf-8")


def searched(pattern: str, allowed: tuple[str, ...] = ()) -> Callable[[Path, str], list[str]]:
    """A rule that a pattern stands nowhere but in the files that are its one door."""
    compiled = re.compile(pattern)

    def look(path: Path, source: str) -> list[str]:
        if path.as_posix() in allowed:
            return []
        return [
            f"{path}:{number}" for number, line in enumerate(source.splitlines(), 1) if compiled.search(line)
        ]

    return look


IN_CODE = {
    "one file commits, so that an action is whole": (
        searched(r"\.commit\(", ("forum/db.py",)),
        "db.session.commit()",
        "transaction()",
    ),
    "the time comes from one file, so that tests can move it": (
        searched(r"datetime\.(now|utcnow|today)\(|date\.today\(|(?<![\w.])time\.time\(", ("forum/clock.py",)),
        "now = datetime.now(UTC)",
        "now = clock.now()",
    ),
    "sockets have one door": (
        searched(r"^\s*(from|import) (flask_socketio|socketio|engineio)\b"),
        "from flask_socketio import emit",
        "from forum.live.wire import socketio",
    ),
    "what people write becomes HTML in one file": (
        searched(r"^\s*(from|import) (bleach|nh3|markdown)\b", ("forum/text.py", "forum/markup.py")),
        "import bleach",
        "from forum import text",
    ),
    "nothing is run that was read": (
        searched(r"(?<![\w.])(eval|exec)\(|\bpickle\b|shell=True|yaml\.load\("),
        "eval(source)",
        "cursor.execute(statement)",
    ),
    "no address and no browser is looked at but to limit": (
        searched(r"remote_addr|user_agent|X-Forwarded-For|access_route", ("forum/web/limits.py",)),
        "log.info(request.remote_addr)",
        "limits.by_address()",
    ),
}


@pytest.mark.parametrize("rule", IN_CODE)
def test_a_rule_of_the_code_holds(rule: str) -> None:
    look, bad, good = IN_CODE[rule]
    somewhere = Path("forum/somewhere.py")
    assert look(somewhere, bad), "the check can fail"
    assert not look(somewhere, good)
    broken = [
        place
        for path, source in python()
        if not path.is_relative_to("forum/live") or "sockets" not in rule
        for place in look(path, source)
    ]
    assert broken == [], rule


IN_TEMPLATES = {
    "no text is trusted but by the renderer's own filter": (
        searched(r"\|\s*safe\b|autoescape\s+false|Markup\("),
        "{{ title | safe }}",
        "{{ card.html | markup }}",
    ),
    "no style in the page: the policy forbids it": (
        searched(r"\sstyle\s*=|<style"),
        '<p style="color: red">',
        '<p class="lead">',
    ),
    "no script in the page: the policy forbids it": (
        searched(r"<script(?![^>]*\ssrc=)|\son\w+\s*=\s*[\"']|javascript:"),
        "<script>alert(1)</script>",
        '<script type="module" src="{{ asset(\'js/thread.js\') }}"></script>',
    ),
    "nothing comes from another host": (
        searched(r"(src|href|action|formaction)=\"(https?:)?//"),
        '<script src="https://cdn.example/x.js">',
        '<a href="/events">',
    ),
    "whoever may not know of it finds no form without its secret": (
        searched(r"<form(?=[^>]*method=\"post\")(?![^>]*data-plain)(?!.*csrf_token)"),
        '<form method="post">',
        '<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">',
    ),
}


@pytest.mark.parametrize("rule", IN_TEMPLATES)
def test_a_rule_of_the_templates_holds(rule: str) -> None:
    look, bad, good = IN_TEMPLATES[rule]
    somewhere = Path("templates/somewhere.html")
    assert look(somewhere, bad), "the check can fail"
    assert not look(somewhere, good)
    found = list(templates())
    assert len(found) > 20
    if "secret" in rule:
        found = [(path, re.sub(r">\s*\n\s*<input", "><input", source)) for path, source in found]
    assert [place for path, source in found for place in look(path, source)] == [], rule


def test_templates_bear_the_names_of_capabilities() -> None:
    capabilities = {folder.name for folder in (ROOT / "forum").iterdir() if (folder / "__init__.py").exists()}
    for folder in (ROOT / "templates").iterdir():
        if folder.is_dir():
            assert folder.name in capabilities | {"macros", "mail"}, folder
    modules = {file.stem for file in (ROOT / "forum").rglob("*.py")}
    for folder in (ROOT / "tests").iterdir():
        if folder.is_dir() and not folder.name.startswith(("__", ".")):
            others = {"house", "journeys", "databases", "leaks", "load"}
            assert folder.name in capabilities | modules | others, folder


def test_actions_and_queries_know_no_browser() -> None:
    """What the forum does must not depend on the door by which it was asked."""
    wrong = []
    for path, source in python():
        if path.name not in ("models.py", "queries.py", "actions.py", "cards.py"):
            continue
        for node in ast.walk(ast.parse(source)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{path}: {name}" for name in names if re.match(r"flask\b|forum\.(web|live)\b", name)]
    assert wrong == []


def test_every_permission_says_what_it_allows() -> None:
    for permission in Permission:
        assert permission.meaning.endswith("."), permission
        assert permission.roles <= set(Role), permission
    table = {permission.name: {role.value for role in permission.roles} for permission in Permission}
    for name in ("POST_HIDE", "POST_JUDGE", "POST_PIN", "THREAD_MODERATE", "POST_WITHHELD"):
        assert table[name] == {"moderator"}, "organisers and facilitators see no withheld words"
    for name in ("SUMMARY_MAKE", "EVENT_EXPORT"):
        assert table[name] == {"facilitator"}, "a moderator exports nothing"
    for name in ("EVENT_MANAGE", "MEMBERS_MANAGE"):
        assert table[name] == {"organiser"}


def test_the_table_of_rights_is_shown_as_the_code_has_it(forum: Stage, bela: Person) -> None:
    page = bela.client.get("/help/permissions").text
    assert len(re.findall(r"<tr>", page)) == len(Permission) + 1


def test_the_log_tells_what_happened_and_never_who(
    forum: Stage, ada: Person, bela: Person, event: Gathering, caplog: pytest.LogCaptureFixture
) -> None:
    said, typed = word(), word()
    caplog.set_level(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    where = {"REMOTE_ADDR": "203.0.113.77"}
    agent = {"User-Agent": "Strickliesel/4.2"}
    browser = Browser(forum)
    assert browser.csrf
    for password in ("falsch geraten", PASSWORD):
        form = {"csrf_token": browser.csrf, "email": bela.email, "password": password}
        browser.raw.post("/sign-in", data=form, environ_overrides=where, headers=agent)
        browser.forget_csrf()
    thread = opened(bela, event.rooms["support"], "Titel", said)
    for path in (f"/threads/{thread['id']}?post={typed}", f"/search?q={typed}", "/nowhere", "/api/v1/me"):
        browser.raw.get(path, environ_overrides=where, headers=agent)
    ada.api.put(f"/posts/{thread['opening_post']['id']}/hiding", {"reason": "abuse", "note": typed})

    def crash() -> None:
        raise RuntimeError("eine Panne")

    view = forum.app.view_functions["home.permissions"]
    forum.app.view_functions["home.permissions"] = crash  # type: ignore[assignment]
    try:
        browser.raw.get(f"/help/permissions?q={typed}", environ_overrides=where, headers=agent)
    finally:
        forum.app.view_functions["home.permissions"] = view
    assert "eine Panne" in caplog.text, "the log works"
    secrets = (said, typed, PASSWORD, "falsch geraten", bela.email, bela.name, bela.token, browser.cookie)
    for secret in ("203.0.113.77", "Strickliesel", *secrets):
        assert secret not in caplog.text
