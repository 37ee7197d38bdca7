"""The headers of every answer, also of errors, and the cookie."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forum.web.headers import CSP
from tests.builders import opened
from tests.cast import Browser, Gathering, Person
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in CSP.split(";"))
    assert rules["default-src"] == "'none'"
    for name in ("base-uri", "frame-ancestors"):
        assert rules.pop(name) == "'none'"
    assert {value for name, value in rules.items() if name != "default-src"} == {"'self'"}


def test_every_answer_bears_them(
    forum: Stage, bela: Person, cem: Person, event: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = opened(bela, event.rooms["support"])
    nobody = Browser(forum)

    def crash() -> None:
        raise RuntimeError("eine Panne")

    monkeypatch.setitem(forum.app.view_functions, "home.permissions", crash)
    monkeypatch.setitem(forum.app.view_functions, "api_rooms.me", crash)
    icons = forum.app.jinja_env.globals["icons_url"]
    answers = {
        "page": (200, bela.client.get(f"/threads/{thread['id']}")),
        "form": (200, nobody.get("/sign-in")),
        "redirect": (303, bela.client.get("/")),
        "to sign-in": (303, nobody.get("/")),
        "not found": (404, bela.client.get("/threads/nowhere")),
        "no such page": (404, nobody.get("/wp-login.php")),
        "forbidden": (403, bela.client.get(f"/events/{event.id}/settings")),
        "no CSRF": (400, bela.client.raw.post("/sign-out")),
        "method": (405, bela.client.post("/help/permissions")),
        "too large": (413, bela.client.post("/preview", {"body": "x" * 70_000})),
        "crash": (500, bela.client.get("/help/permissions")),
        "card": (200, bela.client.get(f"/posts/{thread['opening_post']['id']}/card")),
        "changes": (200, bela.client.get(f"/threads/{thread['id']}/changes?after=0")),
        "API": (200, bela.api.get("/events")),
        "API list": (200, bela.api.get(f"/threads/{thread['id']}/posts")),
        "API nobody": (401, nobody.get("/api/v1/me")),
        "API not found": (404, bela.api.get("/nowhere")),
        "API crash": (500, bela.api.get("/me")),
        "OpenAPI": (200, nobody.get("/api/v1/openapi.json")),
        "alive": (200, nobody.get("/healthz")),
        "ready": (200, nobody.get("/readyz")),
        "static": (200, nobody.get(str(icons))),
        "static missing": (404, nobody.get("/static/nowhere.css")),
    }
    for name, (status, answer) in answers.items():
        assert answer.status_code == status, name
        headers = answer.headers
        assert headers["Content-Security-Policy"] == CSP, name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Referrer-Policy"] == "no-referrer", name
        assert (
            headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        ), name
        assert "noindex" in headers["X-Robots-Tag"], name
        assert "camera=()" in headers["Permissions-Policy"], name
        assert "Server" not in headers, name
        assert "Access-Control-Allow-Origin" not in headers, name
        if name != "static":
            assert headers["Cache-Control"] == "no-store", name
        assert "eine Panne" not in answer.text, name
    assert "immutable" in answers["static"][1].headers["Cache-Control"]
    assert set(answers["method"][1].headers["Allow"].split(", ")) >= {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path",
    ["/static/../forum/db.py", "/static/%2e%2e/app.py", "/static/~x/../../app.py", "/static//etc/passwd"],
)
def test_static_files_are_static_files(forum: Stage, path: str) -> None:
    assert Browser(forum).get(path).status_code in (301, 308, 404)
    assert "import" not in Browser(forum).get(path, follow_redirects=True).text


def test_the_cookie_is_for_this_host_and_no_script(forum: Stage, bela: Person) -> None:
    with forum.inside():
        from forum.people import actions, queries

        secret = actions.create_link(queries.get_account(bela.account_id))
    [cookie] = Browser(forum).sign_in_by(secret).headers.getlist("Set-Cookie")
    parts = {part.strip().partition("=")[0].lower() for part in cookie.split(";")[1:]}
    assert "httponly" in parts
    assert "SameSite=Lax" in cookie
    assert "domain" not in parts


def test_behind_https_cookie_and_headers_are_stricter(tmp_path: Path) -> None:
    script = """if True:
        import json
        from forum.factory import create_app, migrate
        app = create_app(TESTING=True)
        migrate(app)
        answer = app.test_client().get("/sign-in", base_url="https://forum.example")
        print(json.dumps([answer.headers["Set-Cookie"], answer.headers["Strict-Transport-Security"]]))
    """
    environment = {
        **os.environ,
        "FORUM_INSTANCE": str(tmp_path),
        "FORUM_BASE_URL": "https://forum.example",
        "FORUM_DATABASE_URL": "",
        "FORUM_REDIS_URL": "",
    }
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    cookie, transport = json.loads(run.stdout.splitlines()[-1])
    assert cookie.startswith("__Host-session=")
    assert "; Secure" in cookie
    assert "Path=/" in cookie
    assert int(transport.partition("=")[2].partition(";")[0]) >= 31_536_000
