"""Writing: nothing that was typed is lost, and nothing is said twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.journeys.conftest import House, Topic, Visitor

pytestmark = pytest.mark.browser


def writing(page: Page, topic: Topic, text: str) -> Page:
    """The topic's page with something typed into its box."""
    page.goto(topic.url)
    page.get_by_label("Your post").fill(text)
    return page


def bodies(forum: House, topic: Topic) -> list[str]:
    """What has been said in the topic."""
    return [post["body"] for post in forum.api("ada", "GET", f"/threads/{topic.id}/posts")["items"]]


def test_pressing_twice_says_it_once(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Doppelt gedrückt")
    bela = writing(visitor("bela"), topic, "Nur einmal.")
    bela.get_by_role("button", name="Send post").dblclick()
    expect(bela.locator(".post.is-own")).to_be_focused()
    bela.wait_for_timeout(300)
    assert bodies(forum, topic).count("Nur einmal.") == 1
    bela.get_by_label("Your post").fill("Nur einmal.")
    bela.get_by_label("Your post").press("Control+Enter")
    expect(bela.locator(".post.is-own")).to_have_count(2)
    assert bodies(forum, topic).count("Nur einmal.") == 2


def test_a_refusal_stands_beside_the_text(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Zu lang")
    long = "𝄞" * 10_001  # two units of UTF-16 each: what counts are characters
    bela = writing(visitor("bela"), topic, long)
    expect(bela.locator(".composer.is-over .count")).to_have_text("1 character too many")
    bela.get_by_role("button", name="Send post").click()
    expect(bela.get_by_role("alert")).to_contain_text("10")
    area = bela.get_by_label("Your post")
    expect(area).to_have_value(long)
    expect(area).to_be_focused()
    expect(area).to_have_attribute("aria-invalid", "true")
    area.fill("𝄞" * 9_999)
    expect(bela.locator(".composer .count")).to_have_text("1 character left")
    bela.get_by_role("button", name="Send post").click()
    expect(bela.locator(".post.is-own")).to_be_focused()
    expect(bela.get_by_role("alert")).to_have_count(0)


def test_the_network_fails(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Ohne Netz")
    bela = writing(visitor("bela"), topic, "Geht es durch?")
    fails = {"left": 1}

    def once(route: Route) -> None:
        fails["left"] -= 1
        if fails["left"] >= 0:
            route.fetch()  # it arrived, but nobody learns of it
            route.abort()
        else:
            route.continue_()

    bela.route(f"{topic.url}/posts", once)
    bela.get_by_role("button", name="Send post").click()
    expect(bela.get_by_role("alert")).to_contain_text("Your text is still here")
    expect(bela.get_by_label("Your post")).to_have_value("Geht es durch?")
    bela.get_by_role("button", name="Send post").click()
    expect(bela.locator(".post.is-own")).to_be_focused()
    assert bodies(forum, topic).count("Geht es durch?") == 1


def test_answering_in_place(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("An Ort und Stelle", 3)
    bela = visitor("bela")
    bela.goto(topic.url)
    link = bela.locator(f'[data-reply="{topic.answers[0]}"]')
    link.click()
    box = bela.locator(".replying")
    area = box.get_by_label("Your answer")
    expect(area).to_be_focused()
    box.get_by_role("button", name="Bold").click()
    area.press_sequentially("fett")
    expect(area).to_have_value("**fett**")
    box.get_by_role("button", name="Preview").click()
    expect(box.locator(".preview strong")).to_have_text("fett")
    box.get_by_role("button", name="Cancel").click()
    expect(link).to_be_focused()
    expect(box).to_be_hidden()
    link.click()
    expect(area).to_have_value("**fett**")
    area.press("Control+Enter")
    expect(bela.locator(".post.is-own strong")).to_have_text("fett")
    expect(bela.locator(".post.is-own")).to_be_focused()
    expect(box).to_have_count(0)
    shown = bela.locator("ol.posts > .post").evaluate_all("posts => posts.map(post => post.dataset.parent)")
    assert shown[2] == topic.answers[0]
    assert bela.url == topic.url


def test_the_box_stays_while_its_post_changes(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Mitten im Satz", 2)
    bela = visitor("bela")
    bela.goto(topic.url)
    bela.locator(f'[data-reply="{topic.answers[0]}"]').click()
    area = bela.locator(".replying textarea")
    area.press_sequentially("Ein halber")
    topic.hide(topic.answers[0])
    expect(bela.locator(f"#post-{topic.answers[0]}.is-hidden")).to_have_count(1)
    area.press_sequentially(" Satz")
    expect(area).to_have_value("Ein halber Satz")


def test_leaving_with_text_that_nothing_keeps_asks_first(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Weggehen")
    bela = writing(visitor("bela"), topic, "")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    bela.on("dialog", answer)
    bela.route("**/drafts/**", lambda route: route.abort())
    bela.get_by_label("Your post").press_sequentially("Nicht gesendet")
    bela.get_by_label("Your post").blur()
    expect(bela.locator("[data-saved]")).to_be_visible()
    bela.goto("/account")
    assert asked == ["beforeunload"]
    bela.goto(topic.url)
    bela.get_by_label("Your post").press_sequentially("Gesendet")
    bela.get_by_role("button", name="Send post").click()
    expect(bela.locator(".post.is-own")).to_be_focused()
    bela.goto("/account")
    assert asked == ["beforeunload"]


def test_the_words_above_a_reply_go_too(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Über dem Kasten", 1)
    bela = visitor("bela")
    bela.goto(f"/posts/{topic.answers[0]}/reply")
    bela.get_by_label("Your answer").fill("Noch beim Schreiben")
    bela.wait_for_timeout(500)
    topic.hide(topic.answers[0])
    expect(bela.locator("main")).not_to_contain_text("Antwort Nummer 0", timeout=3000)
    expect(bela.locator(".quoted .withheld")).to_be_visible()
    expect(bela.get_by_label("Your answer")).to_have_value("Noch beim Schreiben")
