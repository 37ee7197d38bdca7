"""Nobody loses a word: what is typed is kept by the server, whatever one does next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, Topic, Visitor

pytestmark = pytest.mark.browser


def kept(page: Page) -> None:
    """The composer says since when it is kept."""
    expect(page.locator(".composer .draft").first).to_contain_text("Draft saved", timeout=8000)


@pytest.fixture
def topic(forum: House) -> Topic:
    """A topic with two answers."""
    return forum.topic("Für Entwürfe", 2)


def test_typed_left_signed_out_and_there_again(forum: House, visitor: Visitor, topic: Topic) -> None:
    bela = visitor("bela")
    bela.goto(topic.url)
    area = bela.get_by_label("Your post")
    area.press_sequentially("Ein halber Gedanke")
    kept(bela)
    bela.goto(f"/rooms/{forum.rooms['approaches']}")  # left
    bela.goto(topic.url)
    expect(area).to_have_value("Ein halber Gedanke")
    kept(bela)
    area.press("End")
    area.press_sequentially(", weitergedacht")
    bela.get_by_role("button", name="Sign out").click()  # at once, before three seconds are over
    expect(bela).to_have_url(f"{forum.base}/sign-in")
    for key in [key for key in forum.states if key.startswith("bela ")]:
        del forum.states[key]  # signed out everywhere: the next visitor signs in anew
    forum.people["bela"]["sign_in_url"] = link(forum, "bela")

    again = visitor("bela")
    again.goto(topic.url)
    expect(again.get_by_label("Your post")).to_have_value("Ein halber Gedanke, weitergedacht")
    again.goto("/drafts")
    expect(again.locator("main")).to_contain_text("weitergedacht")
    again.get_by_role("link", name="Go on writing").first.click()
    again.get_by_role("button", name="Send post").click()
    expect(again.locator(".post.is-own")).to_be_focused()
    expect(again.locator(".composer .draft")).to_be_hidden()
    again.wait_for_timeout(3500)  # no late save brings it back
    again.reload()
    expect(again.get_by_label("Your post")).to_have_value("")
    again.goto("/drafts")
    expect(again.locator("main")).not_to_contain_text("weitergedacht")


def link(forum: House, who: str) -> str:
    """A fresh sign-in link, as the demo gives it."""
    import json
    import os
    import subprocess
    import sys

    from tests.journeys.conftest import ROOT

    environment = {**os.environ, "FORUM_INSTANCE": forum.instance, "FORUM_BASE_URL": forum.base}
    demo = [sys.executable, "-m", "flask", "--app", "app", "demo", "--json"]
    told = json.loads(subprocess.check_output(demo, cwd=ROOT, env=environment))
    return str(told["people"][who]["sign_in_url"])


def test_closing_the_window_saves(forum: House, visitor: Visitor, topic: Topic) -> None:
    bela = visitor("bela")
    bela.goto(topic.url)
    bela.get_by_label("Your post").press_sequentially("Kurz vor Schluss")
    bela.close(run_before_unload=True)
    again = visitor("bela")
    again.wait_for_timeout(500)
    again.goto(topic.url)
    expect(again.get_by_label("Your post")).to_have_value("Kurz vor Schluss")


def test_each_answer_has_its_own(forum: House, visitor: Visitor, topic: Topic) -> None:
    bela = visitor("bela")
    bela.goto(topic.url)
    bela.get_by_label("Your post").press_sequentially("An alle")
    for number, answer in enumerate(topic.answers):
        bela.locator(f'[data-reply="{answer}"]').click()
        bela.locator(f'.replying[data-to="{answer}"] textarea').press_sequentially(f"An Nummer {number}")
    bela.goto(topic.url)
    expect(bela.get_by_label("Your post")).to_have_value("An alle")
    for number, answer in enumerate(topic.answers):
        bela.locator(f'[data-reply="{answer}"]').click()
        place = bela.locator(f'.replying[data-to="{answer}"]')
        expect(place.locator("textarea")).to_have_value(f"An Nummer {number}")
        expect(place.locator(".draft")).to_contain_text("Draft saved")
    bela.locator(f'.replying[data-to="{topic.answers[0]}"]').get_by_role("button", name="Send answer").click()
    expect(bela.locator(".post.is-own")).to_be_focused()
    bela.goto("/drafts")
    expect(bela.locator("main")).not_to_contain_text("An Nummer 0")
    expect(bela.locator("main")).to_contain_text("An Nummer 1")


def test_thrown_away_and_taken_back(forum: House, visitor: Visitor, topic: Topic) -> None:
    bela = visitor("bela")
    bela.goto(topic.url)
    area = bela.get_by_label("Your post")
    area.press_sequentially("Doch nicht")
    kept(bela)
    bela.locator(".composer [data-throw]").click()
    expect(area).to_have_value("")
    bela.get_by_role("button", name="Undo").click()
    expect(area).to_have_value("Doch nicht")
    bela.locator(".composer [data-throw]").click()
    expect(area).to_have_value("")
    bela.goto("/account")  # leaving throws it away without waiting
    bela.wait_for_timeout(500)
    bela.goto("/drafts")
    expect(bela.locator("main")).not_to_contain_text("Doch nicht")


def test_thrown_away_from_the_list(forum: House, visitor: Visitor, topic: Topic) -> None:
    bela = visitor("bela")
    bela.goto(topic.url)
    bela.get_by_label("Your post").press_sequentially("Aus der Liste")
    kept(bela)
    bela.goto("/drafts")
    row = bela.locator("li", has_text="Aus der Liste")
    row.get_by_role("link", name="Throw away").click()
    expect(row).to_be_hidden()
    bela.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    expect(row.get_by_role("link", name="Throw away")).to_be_focused()
    row.get_by_role("link", name="Throw away").click()
    expect(row).to_have_count(0, timeout=15_000)
    bela.reload()
    expect(bela.locator("main")).not_to_contain_text("Aus der Liste")


def test_two_windows_and_a_stale_secret(forum: House, visitor: Visitor, topic: Topic) -> None:
    """Signed in anew in another window: the page that was open saves and sends as before."""
    bela = visitor("bela")
    bela.goto(topic.url)
    bela.evaluate(
        """() => { for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = "old";
        document.querySelector("meta[name=csrf-token]").content = "old"; }"""
    )
    bela.get_by_label("Your post").press_sequentially("Mit altem Geheimnis")
    kept(bela)
    bela.get_by_role("button", name="Send post").click()
    expect(bela.locator(".post.is-own")).to_be_focused()


def test_without_scripts(forum: House, visitor: Visitor, topic: Topic) -> None:
    bela = visitor("bela", js=False)
    bela.goto(topic.url)
    bela.get_by_label("Your post").fill("Von Hand gesichert")
    bela.get_by_role("button", name="Save draft").click()
    expect(bela.get_by_label("Your post")).to_have_value("Von Hand gesichert")
    expect(bela.locator(".composer .draft")).to_contain_text("Draft saved")
    bela.get_by_role("link", name="My drafts").click()
    expect(bela.locator("main")).to_contain_text("Von Hand gesichert")
    bela.goto(topic.url)
    bela.get_by_role("link", name="Throw away").click()
    expect(bela.get_by_role("heading", level=1)).to_contain_text("Throw this draft away?")
    bela.get_by_role("button", name="Throw away").click()
    bela.goto(topic.url)
    expect(bela.get_by_label("Your post")).to_have_value("")
    forum.api("ada", "PUT", f"/threads/{topic.id}/lock")
    forum.api("ada", "DELETE", f"/threads/{topic.id}/lock")
    bela.get_by_label("Your post").fill("Gleich zu")
    forum.api("ada", "PUT", f"/threads/{topic.id}/lock")
    bela.get_by_role("button", name="Send post").click()
    expect(bela.locator("main")).to_contain_text("Draft saved")
    bela.goto(topic.url)
    expect(bela.get_by_label("Your text, to be copied")).to_have_value("Gleich zu")
    forum.api("ada", "DELETE", f"/threads/{topic.id}/lock")
    bela.goto(topic.url)
    button = bela.get_by_role("button", name="Send post")
    button.dblclick()
    expect(bela.locator(".post.is-own")).to_have_count(1)
    bela.go_back()
    expect(bela.get_by_label("Your post")).to_have_value("")
    bodies = [post["body"] for post in forum.api("ada", "GET", f"/threads/{topic.id}/posts")["items"]]
    assert bodies.count("Gleich zu") == 1
