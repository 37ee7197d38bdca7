"""The same way once with no script at all: everything is a plain form first."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, Visitor

pytestmark = pytest.mark.browser


def more(page: Page, text: str) -> Page:
    """Open what else can be done with a post."""
    page.locator(".post", has_text=text).locator("details.menu > summary").click()
    return page


def test_writing_answering_changing_and_taking_back(forum: House, visitor: Visitor) -> None:
    bela = visitor("bela", js=False)
    bela.goto(f"/rooms/{forum.rooms['approaches']}")
    bela.get_by_role("link", name="Open a topic").first.click()
    bela.get_by_label("Title of the topic").fill("Ein Thema ohne Skripte")
    bela.get_by_label("Your opening post").fill("Es geht auch *so*.")
    bela.get_by_role("button", name="Open the topic").click()
    expect(bela.get_by_role("heading", level=1)).to_have_text("Ein Thema ohne Skripte")
    address = bela.url

    cem = visitor("cem", js=False)
    cem.goto(address)
    expect(cem.locator(".post em")).to_have_text("so")
    expect(cem.locator(".composer .tools")).to_be_hidden()
    expect(cem.locator("[data-pill]")).to_be_hidden()
    cem.get_by_role("link", name="Reply").first.click()
    expect(cem.locator(".quoted")).to_contain_text("Es geht auch so.")
    cem.get_by_label("Your answer").fill("Eine Antwort von Cem.")
    cem.get_by_role("button", name="Send answer").click()
    expect(cem.locator(".post.is-own")).to_contain_text("Eine Antwort von Cem.")

    more(cem, "Eine Antwort von Cem.").get_by_role("link", name="Change").click()
    cem.get_by_label("Your post").fill("Eine bessere Antwort von Cem.")
    cem.get_by_role("button", name="Save the change").click()
    expect(cem.locator(".post.is-own")).to_contain_text("bessere")

    bela.goto(address)
    bela.get_by_label("Your post").fill("Das nehme ich gleich zurück.")
    bela.get_by_role("button", name="Send post").click()
    more(bela, "Das nehme ich gleich zurück.").get_by_role("link", name="Take back").click()
    bela.get_by_role("button", name="Take back").click()
    expect(bela.locator("main")).not_to_contain_text("Das nehme ich gleich zurück.")
    expect(bela.locator(".post.is-deleted")).to_be_visible()
    cem.get_by_role("button", name="I agree").first.click()
    expect(cem.get_by_role("button", name="I agree 1", pressed=True)).to_be_visible()


def test_hiding_and_restoring(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Verbergen ohne Skripte")
    topic.say("bela", "Das verstößt gegen die Regeln.")
    ada, cem, bela = (visitor(who, js=False) for who in ("ada", "cem", "bela"))
    ada.goto(topic.url)
    more(ada, "verstößt").get_by_role("link", name="Hide").click()
    ada.locator("input[name=reason][value=abuse]").check()
    ada.get_by_role("button", name="Hide").click()
    expect(ada.locator(".post.is-hidden")).to_contain_text("verstößt")
    cem.goto(topic.url)
    assert "verstößt" not in cem.content()
    expect(cem.locator(".post.is-hidden .withheld")).to_be_visible()
    bela.goto(topic.url)
    expect(bela.locator(".post.is-hidden .body")).to_contain_text("verstößt")
    more(ada, "verstößt").get_by_role("button", name="Restore").click()
    cem.reload()
    expect(cem.locator("main")).to_contain_text("verstößt")


def test_a_refusal_gives_the_text_back(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Zurückgegeben")
    bela = visitor("bela", js=False)
    bela.goto(topic.url)
    bela.get_by_label("Your post").fill("x" * 10_001)
    bela.get_by_role("button", name="Send post").click()
    expect(bela.locator(".composer .error")).to_contain_text("10")
    expect(bela.locator("textarea[name=body]")).to_have_value("x" * 10_001)
