"""No page of another site can act for a person, by whatever trick."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.builders import opened
from tests.cast import Browser, Gathering, Person
from tests.stage import Stage

TRICKS: dict[str, Callable[[Person, Browser, str], TestResponse]] = {
    "no secret": lambda who, _, path: who.client.raw.post(path, data={"body": "X"}),
    "an empty secret": lambda who, _, path: who.client.raw.post(path, data={"body": "X", "csrf_token": ""}),
    "a made-up secret": lambda who, _, path: who.client.raw.post(
        path, data={"body": "X", "csrf_token": "abc.def.ghi"}
    ),
    "another session's secret": lambda who, eve, path: who.client.raw.post(
        path, data={"body": "X", "csrf_token": eve.csrf}
    ),
    "the secret in the address": lambda who, _, path: who.client.raw.post(
        f"{path}?csrf_token={who.client.csrf}", data={"body": "X"}
    ),
    "the secret in a cookie": lambda who, _, path: who.client.raw.post(
        path, data={"body": "X"}, headers={"X-CSRFToken": "", "Cookie": f"csrf_token={who.client.csrf}"}
    ),
    "text that looks like a form": lambda who, _, path: who.client.raw.post(
        path, data="body=X&csrf_token=", content_type="text/plain"
    ),
    "many parts": lambda who, _, path: who.client.raw.post(
        path, data={"body": "X"}, content_type="multipart/form-data"
    ),
    "a GET": lambda who, _, path: who.client.raw.get(f"{path}?body=X"),
    "a GET that says it is a POST": lambda who, _, path: who.client.raw.get(
        f"{path}?body=X&_method=POST", headers={"X-HTTP-Method-Override": "POST"}
    ),
    "JSON to the API without the header": lambda who, _, path: who.client.raw.post(
        f"/api/v1{path}", json={"body": "X"}
    ),
    "JSON to the API as text": lambda who, _, path: who.client.raw.post(
        f"/api/v1{path}", data='{"body": "X"}', content_type="text/plain"
    ),
    "an empty Authorization beside the cookie": lambda who, _, path: who.client.raw.post(
        f"/api/v1{path}", json={"body": "X"}, headers={"Authorization": "Bearer x"}
    ),
    "a Basic Authorization beside the cookie": lambda who, _, path: who.client.raw.post(
        path, data={"body": "X"}, headers={"Authorization": "Basic Zm9vOmJhcg=="}
    ),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_changes_nothing(
    forum: Stage, bela: Person, eve: Person, event: Gathering, trick: str
) -> None:
    thread = opened(bela, event.rooms["support"])
    assert bela.client.csrf
    answer = TRICKS[trick](bela, eve.client, f"/threads/{thread['id']}/posts")
    assert 400 <= answer.status_code < 500
    assert len(bela.api.all(f"/threads/{thread['id']}/posts")) == 1


def test_with_the_secret_the_page_may(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    answer = bela.client.raw.post(
        f"/api/v1/threads/{thread['id']}/posts",
        json={"body": "Darf."},
        headers={"X-CSRF-Token": bela.client.csrf},
    )
    assert answer.status_code == 201
    assert bela.client.post(f"/threads/{thread['id']}/posts", {"body": "Darf auch."}).status_code == 303


@pytest.mark.parametrize("path", ["/sign-out", "/account/sessions", "/language", "/sign-in", "/account"])
def test_pages_that_need_no_event_are_no_way_around(forum: Stage, bela: Person, path: str) -> None:
    assert (
        bela.client.raw.post(path, data={"lang": "ar", "password": "Wacholder und Thymian"}).status_code
        == 400
    )
    assert bela.client.get("/account").status_code == 200
    assert bela.api.get("/me").get_json()["locale"] == "de"


def test_what_was_typed_into_a_page_that_was_too_old_is_not_lost(
    forum: Stage, bela: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    answer = bela.client.raw.post(
        f"/threads/{thread['id']}/posts", data={"body": "Mühsam getippt.", "csrf_token": "alt"}
    )
    assert answer.status_code == 400
    assert "Mühsam getippt." in answer.text
