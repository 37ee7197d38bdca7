"""Coming in and going out: password, link, session."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from forum import clock
from forum.people import actions
from forum.people import queries as accounts
from tests.cast import PASSWORD, Browser, Person
from tests.stage import Stage


def link_for(forum: Stage, who: Person) -> str:
    with forum.inside():
        return actions.create_link(accounts.get_account(who.account_id))


def signed_in(browser: Browser) -> bool:
    """Whether the browser is let into a page that needs an identity."""
    return browser.get("/account").status_code == 200


def test_a_password_lets_in_and_a_wrong_one_does_not(forum: Stage, bela: Person) -> None:
    browser = Browser(forum)
    assert browser.sign_in(bela.email, PASSWORD + "!").status_code == 422
    assert not signed_in(browser)
    assert browser.sign_in(f" {bela.email.upper()} ", PASSWORD).status_code == 303
    assert signed_in(browser)


def test_wrong_name_and_wrong_password_are_answered_alike(forum: Stage, bela: Person) -> None:
    unknown = bela.email.replace("bela", "bert")
    answers = []
    for email, password in ((bela.email, "Rosmarin im Garten"), (unknown, PASSWORD)):
        answer = Browser(forum).sign_in(email, password)
        body = answer.text.replace(email, "EMAIL")
        secrets = r'(name="csrf-token" content|name="csrf_token" value)="[^"]+"'
        answers.append((answer.status_code, sorted(answer.headers.keys()), re.sub(secrets, "", body)))
    assert answers[0] == answers[1]


def test_a_link_is_used_by_its_button_alone_and_once(forum: Stage, bela: Person) -> None:
    secret = link_for(forum, bela)
    scanner = Browser(forum)
    for _ in range(3):
        page = scanner.get(f"/sign-in/link/{secret}")
        assert page.status_code == 200
    assert scanner.raw.head(f"/sign-in/link/{secret}").status_code == 200
    assert not signed_in(scanner)

    browser = Browser(forum)
    assert browser.sign_in_by(secret).status_code == 303
    assert signed_in(browser)

    late = Browser(forum)
    assert late.get(f"/sign-in/link/{secret}").status_code == 404
    assert late.post(f"/sign-in/link/{secret}").status_code == 404
    assert not signed_in(late)


def test_a_link_pressed_many_times_at_once_lets_in_once(forum: Stage, bela: Person) -> None:
    secret = link_for(forum, bela)
    browsers = [Browser(forum) for _ in range(8)]
    for browser in browsers:
        assert browser.csrf
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda b: b.post(f"/sign-in/link/{secret}").status_code, browsers))
    assert sorted(codes) == [303] + [404] * 7
    assert sum(signed_in(browser) for browser in browsers) == 1


def test_a_link_ends_after_seven_days(forum: Stage, bela: Person) -> None:
    secret = link_for(forum, bela)
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert Browser(forum).get(f"/sign-in/link/{secret}").status_code == 404
    assert Browser(forum).sign_in_by(secret).status_code == 303


def test_signing_out_kills_a_copied_cookie(forum: Stage, bela: Person) -> None:
    thief = bela.browser()
    assert signed_in(thief)
    answer = bela.client.post("/sign-out")
    assert answer.status_code == 303
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert not signed_in(thief)
    assert not signed_in(bela.client)
    assert bela.api.get("/me").status_code == 200, "an access token is a way of its own"


@pytest.mark.parametrize("path", ["/sign-out", "/account/sessions"])
def test_ending_all_sessions_ends_other_browsers_too(forum: Stage, bela: Person, path: str) -> None:
    other = Browser(forum)
    other.sign_in(bela.email, PASSWORD)
    assert bela.client.post(path).status_code == 303
    assert signed_in(other) is (path == "/sign-out")


def test_a_session_ends_when_it_is_idle(forum: Stage, bela: Person, cem: Person) -> None:
    begin = clock.now()
    with clock.at(begin + timedelta(minutes=20)):
        assert signed_in(bela.client), "in use: the idle time counts from now"
    with clock.at(begin + timedelta(minutes=45)):
        assert signed_in(bela.client)
        assert not signed_in(cem.client), "idle for 45 minutes"
    with clock.at(begin + timedelta(minutes=80)):
        assert not signed_in(bela.client)


def test_a_session_ends_after_twelve_hours_however_busy(forum: Stage, bela: Person) -> None:
    begin = clock.now()
    for minutes in range(0, 12 * 60 - 5, 25):
        with clock.at(begin + timedelta(minutes=minutes)):
            assert signed_in(bela.client), f"after {minutes} minutes"
    with clock.at(begin + timedelta(hours=12, minutes=1)):
        assert not signed_in(bela.client)


def test_a_clock_that_was_put_back_makes_no_session_immortal(forum: Stage, bela: Person) -> None:
    with clock.at(clock.now() - timedelta(days=2)):
        assert not signed_in(bela.client)


def test_sessions_that_ran_out_are_swept_away(forum: Stage, bela: Person) -> None:
    from forum.db import db
    from forum.people.models import Session

    with clock.at(clock.now() + timedelta(hours=13)):
        Browser(forum).sign_in(bela.email, PASSWORD)
    with forum.inside():
        assert db.session.query(Session).count() == 1


def test_a_cookie_from_before_does_not_become_a_session(forum: Stage, bela: Person) -> None:
    browser = Browser(forum)
    assert browser.csrf
    planted = browser.cookie
    browser.sign_in(bela.email, PASSWORD)
    assert browser.cookie != planted
    assert not signed_in(Browser(forum, planted))
    forged = bela.cookie[:-4] + ("AAAA" if not bela.cookie.endswith("AAAA") else "BBBB")
    assert not signed_in(Browser(forum, forged))


def test_the_database_holds_no_way_in(forum: Stage, bela: Person) -> None:
    import sqlalchemy as sa

    from forum.db import db

    secret = link_for(forum, bela)
    with bela.client.raw.session_transaction() as session:
        in_cookie = session["_user_id"]
    with forum.inside():
        stored = repr([db.session.execute(sa.select(table)).all() for table in db.metadata.sorted_tables])
    for way in (secret, in_cookie, bela.token, PASSWORD):
        assert way not in stored


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/help/permissions", "/help/permissions"),
        ("/threads/abc?post=x", "/threads/abc?post=x"),
        ("https://eve.example/", "/"),
        ("//eve.example/", "/"),
        ("/\\eve.example", "/"),
        ("\\\\eve.example", "/"),
        ("/\t/eve.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:eve.example", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_nowhere_outside(forum: Stage, bela: Person, target: str, leads_to: str) -> None:
    answer = Browser(forum).sign_in(bela.email, PASSWORD, next=target)
    assert answer.status_code == 303
    assert answer.headers["Location"] == leads_to
    answer = bela.client.post("/language", {"lang": "de", "next": target})
    assert answer.headers["Location"] == leads_to


def test_who_is_not_signed_in_is_led_back_to_where_they_wanted(forum: Stage, bela: Person) -> None:
    browser = Browser(forum)
    answer = browser.get("/account?x=1")
    assert answer.status_code == 303
    form = browser.get(answer.headers["Location"])
    assert re.search(r'name="next"[^>]*value="/account\?x=1"', form.text)


def test_a_sent_form_is_not_lost_when_the_session_has_ended(forum: Stage, bela: Person, event) -> None:
    assert bela.client.csrf
    with clock.at(clock.now() + timedelta(hours=1)):
        answer = bela.client.post(
            f"/rooms/{event.rooms['approaches']}/threads",
            {"title": "Langer Titel", "body": "Mühsam getippt."},
        )
    assert answer.status_code == 401
    assert "Mühsam getippt." in answer.text
    assert "Langer Titel" in answer.text


def test_too_many_tries_for_one_name_have_to_wait(forum: Stage, bela: Person) -> None:
    with forum.limited():
        for name in (bela.email, "niemand@stadt.example"):
            codes = [Browser(forum).sign_in(name, "Rosmarin im Garten").status_code for _ in range(6)]
            assert codes == [422] * 5 + [429], name
        answer = Browser(forum).sign_in(bela.email, PASSWORD)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
