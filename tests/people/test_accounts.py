"""Accounts: the first organiser, passwords, the language, the caller for programs."""

from __future__ import annotations

import re

import pytest

from forum.errors import Refused
from forum.people import actions, queries
from tests.cast import PASSWORD, Browser, Person, Program
from tests.stage import Stage


def test_an_empty_forum_gets_its_first_organiser_by_one_link(empty_forum: Stage) -> None:
    with empty_forum.inside():
        older = actions.create_first_link()
        secret = actions.create_first_link()
    browser = Browser(empty_forum)
    assert browser.get(f"/first/{older}").status_code == 404, "a newer link ends the older one"
    assert browser.get(f"/first/{secret}").status_code == 200

    form = {"name": "Olga Petersen", "email": "olga@stadt.example", "password": "kurz"}
    assert browser.post(f"/first/{secret}", form).status_code == 422
    answer = browser.post(f"/first/{secret}", {**form, "password": PASSWORD})
    assert answer.status_code == 303
    assert browser.get("/events/new").status_code == 200, "she is signed in and may make events"

    late = Browser(empty_forum)
    assert late.get(f"/first/{secret}").status_code == 404
    assert late.post(f"/first/{secret}", {**form, "email": "eve@anderswo.example"}).status_code == 404


def test_the_first_link_ends_with_the_first_account(empty_forum: Stage) -> None:
    with empty_forum.inside():
        secret = actions.create_first_link()
        actions.create_account("bela@stadt.example", "Bela")
    assert Browser(empty_forum).get(f"/first/{secret}").status_code == 404


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("elf Zeichen", "password.short"),
        ("x" * 129, "password.long"),
        ("aaaaaaaaaaaaaaaa", "password.plain"),
        ("Passwort12345!!", "password.plain"),
        ("Willkommen12345", "password.plain"),
        ("lila Lavendel am Hang", None),
        ("كلمات غير عادية كثيرة", None),
    ],
)
def test_which_passwords_are_taken(forum: Stage, password: str, rule: str | None) -> None:
    with forum.inside():
        if rule is None:
            assert actions.create_account("neu@stadt.example", "Neu", password=password).password
            return
        with pytest.raises(Refused) as refusal:
            actions.create_account("neu@stadt.example", "Neu", password=password)
        assert refusal.value.rule == rule
        assert queries.find_account("neu@stadt.example") is None


@pytest.mark.parametrize(
    ("address", "name", "rule"),
    [
        ("bela@stadt.example", "Noch ein Bela", "email.taken"),
        ("BELA@stadt.example", "Noch ein Bela", "email.taken"),
        ("bela", "Bela", "email.wrong"),
        ("bela@stadt", "Bela", "email.wrong"),
        ("be la@stadt.example", "Bela", "email.wrong"),
        ("bela@stadt.example\r\nBcc: eve@anderswo.example", "Bela", "email.wrong"),
        ("bela@stadt..example", "Bela", "email.wrong"),
        ('"bela"@stadt.example', "Bela", "email.wrong"),
        ("neu@stadt.example", " \u200b ", None),
        ("neu@stadt.example", "", None),
        ("neu@stadt.example", "Ada\u202e", None),
    ],
)
def test_which_accounts_are_refused(forum: Stage, address: str, name: str, rule: str | None) -> None:
    with forum.inside(), pytest.raises(Refused) as refusal:
        actions.create_account(address, name)
    assert rule is None or refusal.value.rule == rule


def test_a_new_password_ends_every_other_session(forum: Stage, bela: Person) -> None:
    other = Browser(forum)
    other.sign_in(bela.email, PASSWORD)
    refused = bela.client.post("/account", {"password": "kurz"})
    assert refused.status_code == 422
    assert other.get("/account").status_code == 200
    assert bela.client.post("/account", {"password": "Wacholder und Thymian"}).status_code == 303
    assert other.get("/account").status_code == 303
    assert bela.client.get("/account").status_code == 200
    assert Browser(forum).sign_in(bela.email, PASSWORD).status_code == 422
    assert Browser(forum).sign_in(bela.email, "Wacholder und Thymian").status_code == 303


@pytest.mark.parametrize(("code", "direction"), [("de", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_the_language_is_chosen_and_remembered(forum: Stage, bela: Person, code: str, direction: str) -> None:
    bela.client.post("/language", {"lang": code})
    page = bela.client.get("/account").text
    assert f'<html lang="{code}" dir="{direction}">' in page
    assert bela.api.get("/me").get_json()["locale"] == code
    anew = Browser(forum)
    anew.sign_in(bela.email, PASSWORD)
    assert re.search(f'<html lang="{code}"', anew.get("/account").text), "in another browser, too"


@pytest.mark.parametrize(
    ("header", "code"),
    [("ar,en;q=0.5", "ar"), ("en-GB", "en"), ("fr", "de"), (None, "de"), ("*;q=x,,", "de")],
)
def test_a_visitor_is_spoken_to_in_the_browsers_language(forum: Stage, header: str | None, code: str) -> None:
    headers = {"Accept-Language": header} if header else {}
    assert f'<html lang="{code}"' in Browser(forum).get("/sign-in", headers=headers).text


def test_an_unknown_language_changes_nothing(forum: Stage, bela: Person) -> None:
    assert bela.client.post("/language", {"lang": "xx"}).status_code == 303
    assert bela.api.get("/me").get_json()["locale"] == "de"


def test_the_caller(forum: Stage, bela: Person, eve: Person, event) -> None:
    assert bela.api.get("/me").get_json() == {
        "id": bela.account_id,
        "name": "Bela Sommer",
        "locale": "de",
        "memberships": [
            {"event": event.id, "member": bela.member_id, "roles": ["participant"], "group": "municipality"}
        ],
    }
    assert eve.api.get("/me").get_json()["memberships"] == []
    for token in (None, "", "rf_falsch", bela.token + "x", "ä"):
        answer = Program(forum, None).get(
            "/me", headers={"Authorization": f"Bearer {token}"} if token is not None else {}
        )
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_wrong_token_counts_as_nobody_whatever_cookie_is_there(forum: Stage, bela: Person) -> None:
    answer = bela.client.get("/api/v1/me", headers={"Authorization": "Bearer rf_falsch"})
    assert answer.status_code == 401
    assert bela.client.get("/api/v1/me").get_json()["id"] == bela.account_id
