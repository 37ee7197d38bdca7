"""No input whatever gets a 5xx: wrong types, broken JSON, hostile text, on every call of the API and every page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import opened
from tests.cast import Gathering, Person
from tests.stage import Stage

TEXTS = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\ufffe\uffff",
    "\u202e\u2066",
    "x" * 201,
    "x" * 10_001,
    "[" * 5000,
    "(" * 5000,
    "> " * 3000,
    "*" * 9000,
    "|a" * 3000,
    "\r\n" * 3000,
    "' OR 1=1 --",
    "{{7*7}}",
    "%s%n%(x)s",
    "../../etc/passwd",
    "👩‍👩‍👧‍👦" * 500,
    "é́́́́́" * 900,
    "<svg onload=alert(1)>",
    "agree",
    "abuse",
    "approve",
    "own",
]
SCALARS = st.sampled_from(
    [None, True, False, 0, 1, -1, 2**63, 2**64, -(2**63) - 1, 10**400, 1.5, 1e308, float("inf"), float("nan")]
)
TEXT = st.sampled_from(TEXTS) | st.text(st.characters(codec=None), max_size=30)
VALUES = st.recursive(
    SCALARS | TEXT, lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXT, v, max_size=3), max_leaves=6
)
FIELDS = [
    "title", "body", "parent", "alias", "warning", "confirmed", "reason", "note", "verdict", "room", "rooms",
    "phase", "sections", "heading", "text", "sources",
]  # fmt: skip
BODIES = (
    st.dictionaries(st.sampled_from(FIELDS), VALUES | TEXT, max_size=5)
    | st.fixed_dictionaries({"title": TEXT, "body": TEXT})
    | st.fixed_dictionaries({"body": TEXT, "warning": TEXT})
    | st.fixed_dictionaries(
        {"sections": st.lists(st.fixed_dictionaries({"heading": TEXT, "text": TEXT}), max_size=2)}
    )
    | VALUES
)
HOSTILE_JSON = [
    b"",
    b"[" * 10_000,
    b"[" * 10_000 + b"]" * 10_000,
    b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
    b'{"body": "\\ud800"}',
    b'{"body": "\\udc00\\ud800", "title": "x\\u0000"}',
    b'{"body": "\xff\xfe"}',
    b"\xef\xbb\xbf{}",
    b'{"body": "a", "body": "b"}',
    b'{"body": ' + b"9" * 5000 + b"}",
    b'{"body": 1e999}',
    b'{"body": NaN}',
    b"null",
    b'"text"',
    b"[]",
    b"0",
    b"\x00" * 100,
    '{"body": "x"}'.encode("utf-16"),
    b'{"\\ud800": 1, "body": "B", "title": "T"}',
    b'{"__proto__": {}, "constructor": {}}',
]


def calls(forum: Stage, *, api: bool) -> list[tuple[str, str]]:
    """(method, path with gaps) of everything that is served."""
    return sorted(
        (method, rule.rule)
        for rule in forum.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
        if rule.rule.startswith("/api/v1/") is api and not rule.rule.startswith("/static")
    )


@pytest.fixture
def ids(forum: Stage, bela: Person, fay: Person, event: Gathering) -> dict[str, str]:
    """For each gap in a path something that is there."""
    thread = opened(bela, event.rooms["support"])
    summary = fay.api.post(f"/events/{event.id}/summaries", {"title": "T", "rooms": [event.rooms["support"]]})
    return {
        "event_id": event.id,
        "room_id": event.rooms["support"],
        "thread_id": thread["id"],
        "post_id": thread["opening_post"]["id"],
        "summary_id": summary.get_json()["id"],
        "member_id": str(bela.member_id),
        "kind": "agree",
        "verb": "pin",
    }


def filled(path: str, ids: dict[str, str], instead: str | None = None) -> str:
    from urllib.parse import quote

    def fill(gap: re.Match[str]) -> str:
        if instead is not None:
            return quote(instead.encode("utf-8", "surrogatepass"), safe="")
        return ids.get(gap[1], "x")

    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", fill, path)


def fine(answer: Any, what: object) -> None:
    assert answer.status_code < 500, (what, answer.text[:300])
    if answer.status_code >= 400 and answer.request.path.startswith("/api/"):
        assert answer.content_type == "application/problem+json", what
        assert answer.get_json()["status"] == answer.status_code


@settings(
    max_examples=400,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_body_on_any_call(
    forum: Stage, cast: dict[str, Person], ids: dict[str, str], data: st.DataObject
) -> None:
    method, path = data.draw(st.sampled_from(calls(forum, api=True)))
    who = data.draw(st.sampled_from(["ada", "bela", "fay", "olga", "eve"]))
    instead = data.draw(
        st.none() | st.none() | TEXT.filter(lambda t: t not in ("", ".", "..") and len(t) < 2000)
    )
    headers = {"Content-Type": "application/json"}
    headers |= {"If-Match": data.draw(st.sampled_from(['"1"', "", "x", "*", '"\u0661"', "9" * 99]))}
    key = data.draw(st.none() | st.sampled_from(["k", "x" * 300, "ä"]))
    if key:
        headers["Idempotency-Key"] = key
    body = data.draw(BODIES)
    query = data.draw(
        st.sampled_from(
            [
                "",
                "?after=%00",
                "?limit=%ff",
                "?after=%ed%a0%80&limit=1",
                "?after=-1",
                "?format=pdf",
                "?format=%00&attribution=x",
            ]
        )
    )
    answer = cast[who].api.send(
        method,
        filled(path, ids, instead).removeprefix("/api/v1") + query,
        data=json.dumps(body),
        headers=headers,
    )
    fine(answer, (who, method, path, instead, body, query))


@pytest.mark.parametrize("body", HOSTILE_JSON, ids=lambda body: repr(body[:24]))
def test_hostile_json_on_every_call(
    forum: Stage, fay: Person, ada: Person, ids: dict[str, str], body: bytes
) -> None:
    for method, path in calls(forum, api=True):
        if method == "GET":
            continue
        for who in (ada, fay):
            answer = who.api.send(
                method,
                filled(path, ids).removeprefix("/api/v1"),
                data=body,
                headers={"Content-Type": "application/json", "If-Match": '"1"'},
            )
            fine(answer, (method, path))
    assert ada.api.get("/me").status_code == 200


FORMS = st.dictionaries(
    st.sampled_from(
        [*FIELDS, "email", "password", "next", "lang", "key", "version", "day", "begins", "ends", "closes", "people",
         "roles", "group", "posting", "names", "hue", "premoderation", "title_de", "questions_de", "heading-0",
         "text-0", "without-0", "copy", "welcome_ar"]
    ),
    TEXT,
    max_size=8,
)  # fmt: skip


@settings(
    max_examples=250,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_form_on_any_page(
    forum: Stage, cast: dict[str, Person], ids: dict[str, str], data: st.DataObject
) -> None:
    method, path = data.draw(
        st.sampled_from(
            [call for call in calls(forum, api=False) if not call[1].startswith(("/sign-out", "/account"))]
        )
    )
    person = cast[data.draw(st.sampled_from(["ada", "bela", "fay", "olga"]))]
    form = {name: value.encode("utf-8", "surrogatepass") for name, value in data.draw(FORMS).items()}
    instead = data.draw(
        st.none() | st.none() | TEXT.filter(lambda t: t not in ("", ".", "..") and len(t) < 2000)
    )
    query = data.draw(
        st.sampled_from(
            ["", "?after=%00", "?before=%ed%a0%80", "?post=%ff", "?last", "?format=x%00", "?next=//eve"]
        )
    )
    address = filled(path, ids, instead) + query
    if method == "GET":
        answer = person.client.get(address)
    else:
        answer = person.client.raw.post(address, data={"csrf_token": person.client.csrf.encode(), **form})
    assert answer.status_code < 500, (method, path, instead, form, query)


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "x" * 5000},
        {"Accept-Language": "\xff\xfe;q=nan"},
        {"Cookie": "session=" + "A" * 4000},
        {"Cookie": "session=.eJw\x01; session=x; ;;=="},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "\xff\xff"},
        {"Authorization": "Digest username=x"},
        {"Content-Length": "-1"},
        {"Content-Type": "application/json; charset=klingon"},
        {"Content-Type": "multipart/form-data; boundary="},
        {"Accept": "*/*;q=banana"},
        {"If-Modified-Since": "gestern"},
        {"If-None-Match": "*"},
        {"Range": "bytes=0-,5-1"},
        {"X-Forwarded-For": "eve.example, 1.2.3.4", "X-Forwarded-Host": "eve.example"},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
    ids=lambda headers: " ".join(f"{k}: {v[:20]!r}" for k, v in headers.items()),
)
def test_any_header(forum: Stage, bela: Person, ids: dict[str, str], headers: dict[str, str]) -> None:
    client = forum.app.test_client()
    for path in (
        "/",
        "/sign-in",
        f"/threads/{ids['thread_id']}",
        "/api/v1/me",
        "/static/css/base.css",
        "/socket.io/",
    ):
        answer = client.get(path, headers=headers)
        assert answer.status_code < 500, path
        assert "eve.example" not in answer.text
    assert client.post("/sign-in", headers=headers).status_code < 500
    assert (
        client.post(f"/api/v1/threads/{ids['thread_id']}/posts", headers=headers, data=b"{").status_code < 500
    )


def test_lone_surrogates_and_nul_are_refused_everywhere(
    forum: Stage, bela: Person, ids: dict[str, str]
) -> None:
    posts = f"/threads/{ids['thread_id']}/posts"
    for escape in ("\\ud800", "\\u0000", "\\ufffe", "\\udbff\\udbff"):
        raw = f'{{"body": "Hallo {escape} Welt"}}'
        answer = bela.api.post(posts, data=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, escape
    assert len(bela.api.all(posts)) == 1
