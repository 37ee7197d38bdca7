"""Everybody finds what is new, and has read it once they have seen it, on whichever device."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import House, Visitor

pytestmark = pytest.mark.browser


def test_what_was_seen_is_read_on_all_devices(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Was ist neu", 3, room="support")
    bela = visitor("bela")
    bela.goto(f"/rooms/{forum.rooms['support']}")
    row = bela.locator(f'[data-thread="{topic.id}"]')
    expect(row.locator(".new")).to_have_text("4 new")
    bela.goto(topic.url)
    expect(bela.locator("[data-unread]")).to_contain_text("4 new")
    expect(bela.locator(".newline")).to_have_count(0)
    expect(bela.locator("[data-unread]")).to_be_hidden(timeout=8000)
    expect(bela.locator(".unscripted")).to_be_hidden()

    phone = visitor("bela", width=390)
    phone.goto(f"/rooms/{forum.rooms['support']}")
    expect(phone.locator(f'[data-thread="{topic.id}"] .new')).to_be_hidden()
    late = topic.say("cem", "Eine späte Antwort.", topic.answers[0])
    expect(phone.locator(f'[data-thread="{topic.id}"] .new')).to_have_text("1 new")
    bela.locator("[data-pill]").click()  # arrived on the open page, and looked at
    expect(bela.locator(f"#post-{late}")).to_be_in_viewport()
    bela.wait_for_timeout(4000)
    phone.reload()
    expect(phone.locator(f'[data-thread="{topic.id}"] .new')).to_be_hidden()

    bela.goto("/account")
    new = topic.say("cem", "Noch eine.", topic.answers[1])
    phone.goto(topic.url)
    expect(phone.locator(".newline")).to_have_text("New since your last visit")
    expect(phone.locator(f".newline + #post-{new}.is-new")).to_have_count(1)
    phone.get_by_role("link", name="To the first new post").click()
    expect(phone.locator(f"#post-{new}")).to_be_focused()
    expect(phone.locator("[data-unread]")).to_be_hidden(timeout=8000)


def test_without_scripts(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Neu ohne Skripte", 1, room="challenges")
    fay = visitor("bela", js=False)
    fay.goto(topic.url)
    expect(fay.locator("[data-unread]")).to_contain_text("2 new")
    fay.get_by_role("button", name="Mark these posts as read").click()
    expect(fay.locator("[data-unread]")).to_be_hidden()
    late = topic.say("cem", "Später.")
    fay.goto(f"/events/{forum.event}")
    expect(fay.locator(".news")).to_contain_text("new post")
    fay.goto(topic.url)
    expect(fay.locator(f".newline + #post-{late}")).to_have_count(1)
    fay.goto(f"/events/{forum.event}")
    fay.get_by_role("button", name="Mark everything as read").click()
    expect(fay.locator(".news")).to_contain_text("Nothing new.")
    expect(fay.locator(".rooms .new")).to_have_count(0)
