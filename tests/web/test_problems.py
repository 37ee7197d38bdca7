"""How programs are told no: problem details (RFC 9457), the same shape for every refusal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from forum.db import db
from tests.builders import Json, opened
from tests.cast import Gathering, Person, Program
from tests.stage import Stage

BAD = {"Content-Type": "application/json"}
Act = Callable[[Person, Json, Gathering], TestResponse]
REFUSALS: dict[str, tuple[int, Act]] = {
    "JSON that is none": (
        400,
        lambda who, t, e: who.api.post(f"/threads/{t['id']}/posts", headers=BAD, data="{"),
    ),
    "no identity": (401, lambda who, t, e: Program(who.stage, None).get("/me")),
    "a wrong token": (401, lambda who, t, e: Program(who.stage, "rf_x").get("/me")),
    "a page's session without its secret": (
        403,
        lambda who, t, e: who.client.raw.post(f"/api/v1/threads/{t['id']}/posts", json={"body": "B"}),
    ),
    "a role that is lacking": (403, lambda who, t, e: who.api.put(f"/threads/{t['id']}/lock")),
    "what is not there": (404, lambda who, t, e: who.api.get("/threads/nowhere")),
    "no such call": (404, lambda who, t, e: who.api.get("/nowhere")),
    "no such call, by nobody": (404, lambda who, t, e: Program(who.stage, None).get("/nowhere")),
    "a method that is not offered": (405, lambda who, t, e: who.api.put(f"/threads/{t['id']}")),
    "a stale version": (
        412,
        lambda who, t, e: who.api.patch(f"/posts/{t['opening_post']['id']}", {"body": "B"}, version=9),
    ),
    "a body over 64 KB": (
        413,
        lambda who, t, e: who.api.post(f"/threads/{t['id']}/posts", {"body": "x" * 66_000}),
    ),
    "a form instead of JSON": (
        415,
        lambda who, t, e: who.api.post(f"/threads/{t['id']}/posts", data={"body": "B"}),
    ),
    "text instead of JSON": (
        415,
        lambda who, t, e: who.api.post(
            f"/threads/{t['id']}/posts", headers={"Content-Type": "text/plain"}, data='{"body": "B"}'
        ),
    ),
    "an unknown field": (
        422,
        lambda who, t, e: who.api.post(f"/threads/{t['id']}/posts", {"body": "B", "x": 1}),
    ),
    "a field that is missing": (422, lambda who, t, e: who.api.post(f"/threads/{t['id']}/posts", {})),
    "a post that is too long": (
        422,
        lambda who, t, e: who.api.post(f"/threads/{t['id']}/posts", {"body": "x" * 10_001}),
    ),
    "no version": (428, lambda who, t, e: who.api.patch(f"/posts/{t['opening_post']['id']}", {"body": "B"})),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_has_one_shape(forum: Stage, bela: Person, event: Gathering, what: str) -> None:
    thread = opened(bela, event.rooms["support"])
    status, act = REFUSALS[what]
    answer = act(bela, thread, event)
    shape(answer, status)
    if status == 422:
        errors = answer.get_json()["errors"]
        assert errors
        assert all(error["pointer"].startswith("/") and error["detail"] for error in errors)
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (status == 401)
    assert ("Allow" in answer.headers) is (status == 405)


def shape(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert set(problem) >= {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["title"] and problem["detail"]


def test_a_conflict(forum: Stage, ada: Person, bela: Person, event: Gathering) -> None:
    post = opened(bela, event.rooms["shrinking-spaces"])["opening_post"]
    shape(ada.api.put(f"/posts/{post['id']}/pin"), 409)


def test_too_often(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    path = f"/posts/{thread['opening_post']['id']}/reactions/agree"
    with forum.limited():
        codes = [bela.api.put(path).status_code for _ in range(61)]
        assert codes == [200] * 60 + [429]
        answer = bela.api.put(path)
        shape(answer, 429)
        assert int(answer.headers["Retry-After"]) > 0
        assert bela.client.post("/preview", {"body": "x"}).status_code == 429, "whatever the door"
        assert bela.api.get("/me").status_code == 200, "reading goes on"
        assert cem.api.put(path).status_code == 200, "others are not held up"


def test_a_crash_tells_nothing(
    forum: Stage, bela: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash() -> None:
        raise RuntimeError("geheim")

    monkeypatch.setitem(forum.app.view_functions, "api_rooms.me", crash)
    answer = bela.api.get("/me")
    shape(answer, 500)
    assert "geheim" not in answer.text
    assert "geheim" in caplog.text, "the operator has to find it"


def test_while_the_database_is_gone(forum: Stage, bela: Person, caplog: pytest.LogCaptureFixture) -> None:
    assert bela.client.get("/readyz").get_json() == {"status": "ok"}
    with forum.app.app_context():
        kept = db.engines[None]
        db.engines[None] = sa.create_engine("sqlite:////nowhere/at/all/forum.db")
    try:
        answer = bela.api.get("/me")
        shape(answer, 503)
        assert answer.headers["Retry-After"]
        for path in ("/", "/sign-in", "/threads/abc"):
            page = bela.client.get(path)
            assert page.status_code in (200, 503) if path == "/sign-in" else page.status_code == 503
        assert bela.client.get("/healthz").status_code == 200
        ready = bela.client.get("/readyz")
        assert (ready.status_code, ready.headers["Retry-After"]) == (503, "5")
    finally:
        with forum.app.app_context():
            db.engines[None] = kept
    assert bela.api.get("/me").status_code == 200, "no restart is needed"
    assert "Traceback" not in caplog.text


def test_without_redis_it_goes_on_and_says_so(
    forum: Stage, bela: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from forum.web import operation

    set_up = dataclasses.replace(forum.settings, redis_url="redis://127.0.0.1:1/0")
    monkeypatch.setitem(forum.app.config, "SETTINGS", set_up)
    monkeypatch.setattr(operation, "_redis_answers", lambda: False)
    answer = bela.client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "degraded": ["redis"]})


def test_the_api_describes_itself(forum: Stage, bela: Person) -> None:
    document = bela.client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path)
        for path, calls in document["paths"].items()
        for method in calls
        if method != "parameters"
    }
    import re

    offered = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in forum.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint.startswith("api_")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    prefixed = {
        (method, path if path.startswith("/api/v1") else f"/api/v1{path}") for method, path in described
    }
    assert offered <= prefixed
    assert all(
        call.get("summary")
        for calls in document["paths"].values()
        for m, call in calls.items()
        if m != "parameters"
    )
