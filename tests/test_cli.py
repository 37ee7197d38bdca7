"""Commands for who runs the forum."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from flask.cli import FlaskGroup

from forum.db import db
from forum.discussion.models import Post
from tests.cast import PASSWORD, Browser, Person, Program
from tests.stage import Stage


def run(forum: Stage, *words: str, **more: object) -> Result:
    """Run ``flask`` with these words."""
    flask = FlaskGroup(create_app=lambda: forum.app, load_dotenv=False)
    return CliRunner().invoke(flask, list(words), **more)  # type: ignore[arg-type]


def test_the_demo_event_is_made_once_and_gives_fresh_ways_in(empty_forum: Stage) -> None:
    first = run(empty_forum, "demo", "--json")
    assert first.exit_code == 0, first.output
    made = json.loads(first.stdout)
    with empty_forum.inside():
        posts = db.session.query(Post).count()
        languages = {post.body for post in db.session.query(Post)}
    assert posts > 40
    assert any("\u0600" <= letter <= "\u06ff" for body in languages for letter in body), (
        "some of it in Arabic"
    )

    again = json.loads(run(empty_forum, "demo", "--json").stdout)
    assert (again["event"], again["rooms"]) == (made["event"], made["rooms"])
    assert set(made["rooms"]) == {"approaches", "challenges", "shrinking-spaces", "support"}
    assert set(made["people"]) == {"ada", "bela", "cem", "fay", "olga", "eve"}
    with empty_forum.inside():
        assert db.session.query(Post).count() == posts
    for key, roles in {
        "ada": ["moderator"],
        "bela": ["participant"],
        "fay": ["facilitator"],
        "olga": ["organiser"],
    }.items():
        person = again["people"][key]
        assert person["token"] != made["people"][key]["token"]
        for token in (person["token"], made["people"][key]["token"]):
            me = Program(empty_forum, token).get("/me").get_json()
            assert me["memberships"][0]["roles"] == person["roles"] == roles
    ada = Program(empty_forum, again["people"]["ada"]["token"])
    assert ada.get(f"/events/{made['event']}").get_json()["phase"] == "before"
    held = {room["key"]: room["premoderation"] for room in ada.all(f"/events/{made['event']}/rooms")}
    assert held == {"approaches": False, "challenges": False, "shrinking-spaces": True, "support": False}
    assert Program(empty_forum, again["people"]["eve"]["token"]).get("/me").get_json()["memberships"] == []

    secret = again["people"]["bela"]["sign_in_url"].rpartition("/")[2]
    browser = Browser(empty_forum)
    assert browser.sign_in_by(secret).status_code == 303
    assert again["people"]["bela"]["name"] in browser.get("/account").text
    assert "/sign-in/link/" in run(empty_forum, "demo").stdout


def test_an_event_by_commands_alone(empty_forum: Stage) -> None:
    user = run(
        empty_forum,
        "user",
        "create",
        "--email",
        "Olga@stadt.example",
        "--name",
        "Olga",
        "--password-stdin",
        input=PASSWORD + "\n",
    )
    assert user.exit_code == 0, user.output
    made = run(
        empty_forum,
        "event",
        "create",
        "--title",
        "Tagung",
        "--starts",
        "2030-05-02T10:00",
        "--ends",
        "2030-05-02T16:00",
    )
    event = made.stdout.strip()
    assert "\n" not in event
    added = run(
        empty_forum,
        "member",
        "add",
        event,
        "olga@stadt.example",
        "--role",
        "organiser",
        "--role",
        "moderator",
        "--group",
        "other",
    )
    assert added.exit_code == 0, added.output
    token = run(empty_forum, "token", "create", "olga@stadt.example").stdout
    assert token.count("\n") == 1
    olga = Program(empty_forum, token.strip())
    me = olga.get("/me").get_json()
    assert me["memberships"] == [
        {
            "event": event,
            "member": added.stdout.strip(),
            "roles": ["moderator", "organiser"],
            "group": "other",
        }
    ]
    shown = olga.get(f"/events/{event}").get_json()
    assert (shown["title"], shown["starts_at"], len(shown["rooms"])) == ("Tagung", "2030-05-02T08:00:00Z", 4)
    assert Browser(empty_forum).sign_in("olga@stadt.example", PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "words",
    [
        ("user", "create", "--email", "bela@stadt.example", "--name", "Bela"),
        ("user", "create", "--email", "bela", "--name", "Bela"),
        ("event", "create", "--title", "T", "--starts", "morgen", "--ends", "2030-05-02"),
        ("event", "create", "--title", "T", "--starts", "2030-05-02", "--ends", "2030-05-01"),
        ("event", "create", "--title", "", "--starts", "2030-05-01", "--ends", "2030-05-02"),
        (
            "event",
            "create",
            "--title",
            "T",
            "--starts",
            "2030-05-01",
            "--ends",
            "2030-05-02",
            "--organiser",
            "x@y.example",
        ),
        ("member", "add", "nowhere", "bela@stadt.example", "--role", "moderator", "--group", "other"),
        ("token", "create", "niemand@stadt.example"),
        ("archive", "export", "x", "y"),
        ("make-coffee",),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(forum: Stage, bela: Person, words: tuple[str, ...]) -> None:
    result = run(forum, *words)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_the_doctor(forum: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    well = run(forum, "doctor")
    assert well.exit_code == 0, well.output
    assert all(line.startswith("ok") for line in well.stdout.splitlines())
    assert len(well.stdout.splitlines()) >= 7

    import dataclasses

    sick = dataclasses.replace(forum.settings, mail_url="smtp://127.0.0.1:1")
    monkeypatch.setitem(forum.app.config, "SETTINGS", sick)
    ill = run(forum, "doctor")
    assert ill.exit_code == 1
    [fault] = [line for line in ill.stdout.splitlines() if line.startswith("FAULT")]
    assert "mail" in fault
