"""What happens in a topic is on every reader's screen at once, and moves nobody's eyes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.conftest import LONG, House, Topic, Visitor, Watch

pytestmark = pytest.mark.browser
BLINK = 3000
"""Milliseconds: on a machine that does other work besides, at once."""


def opened(page: Page, topic: Topic) -> Page:
    """The topic's page, with its live updates running."""
    page.goto(topic.url)
    expect(page.locator("[data-asof][data-state=live]")).to_be_visible()
    return page


def at_end(page: Page) -> None:
    """Scroll to where one writes."""
    page.locator("textarea[name=body]").first.scroll_into_view_if_needed()
    page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")


def test_bela_writes_cem_reads_ada_hides_fay_exports(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Drei Fenster zugleich", 3)
    bela, cem, ada = (opened(visitor(who), topic) for who in ("bela", "cem", "ada"))
    at_end(cem)

    bela.get_by_label("Your post").fill("Der **Brunnen** am Markt wird wieder geöffnet.")
    bela.get_by_role("button", name="Send post").click()
    own = bela.locator(".post.is-own", has_text="Brunnen am Markt")
    expect(own).to_be_focused()
    expect(bela.get_by_label("Your post")).to_have_value("")
    assert bela.url == topic.url

    pill = cem.get_by_role("button", name="1 new post")
    expect(pill).to_be_visible(timeout=BLINK)
    expect(cem.get_by_text("am Markt wird")).to_have_count(0)
    pill.click()
    arrived = cem.locator(".post.is-new", has_text="am Markt wird")
    expect(arrived).to_be_focused()
    expect(pill).to_be_hidden()

    at_ada = ada.locator(".post", has_text="am Markt wird")
    at_ada.get_by_text("More", exact=True).click()
    at_ada.get_by_role("link", name="Hide").click()
    ada.locator("input[name=reason][value=off_topic]").check()
    ada.locator("main form button.primary").click()
    expect(cem.locator("body")).not_to_contain_text("am Markt wird", timeout=BLINK)
    assert "am Markt wird" not in cem.content()
    expect(cem.locator(".post.is-hidden .withheld")).to_be_visible()
    expect(own.locator(".withheld")).to_be_visible(timeout=BLINK)
    expect(own.locator(".body")).to_contain_text("am Markt wird")

    told = exported(visitor("fay"), forum)
    assert "Antwort Nummer 2." in told
    assert "am Markt wird" not in told


def exported(fay: Page, forum: House) -> str:
    """What Fay's documentation of the room says, as Markdown."""
    fay.goto(f"/events/{forum.event}/summaries")
    fay.get_by_label("Title").fill("Was gesagt wurde")
    fay.get_by_role("button", name="Make it").click()
    with fay.expect_download() as download:
        fay.locator("button[name=format][value=md]").click()
    return download.value.path().read_text("utf-8")


def test_websockets_are_blocked(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Hinter der Schutzwand", 1)
    cem = visitor("cem")
    cem.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onerror(new Event('error'))); } close() {} }"
    )
    asks_often(cem, topic)
    cem.goto(topic.url)
    expect(cem.locator("[data-asof][data-state=polling]")).to_be_visible()
    post = topic.say("bela", "Das kommt auch ohne Leitung an.")
    show_new(cem)
    expect(cem.get_by_text("Das kommt auch ohne Leitung an.")).to_have_count(1)
    topic.hide(post)
    expect(cem.get_by_text("Das kommt auch ohne Leitung an.")).to_have_count(0)
    expect(cem.locator("[data-toast]")).to_be_hidden()


def asks_often(page: Page, topic: Topic) -> None:
    """Let the page look for what is new every 300 milliseconds."""

    def hand_on(route: Route) -> None:
        answer = route.fetch()
        html = answer.text().replace("data-revision=", 'data-poll="300" data-revision=', 1)
        route.fulfill(response=answer, body=html)

    page.route(topic.url, hand_on)


def show_new(page: Page) -> None:
    """Press the pill, once it is there."""
    page.locator("[data-pill]").click()


def test_each_post_comes_once_after_a_gap(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Im Funkloch", 1)
    cem = opened(visitor("cem"), topic)
    first = topic.say("bela", "Vor dem Funkloch.")
    show_new(cem)
    cem.context.set_offline(True)
    expect(cem.locator("[data-toast]")).to_contain_text("Not connected, as of")
    lost = [topic.say("bela", f"Ungehört {number}.") for number in range(3)]
    topic.hide(lost[1])
    topic.hide(first)
    cem.context.set_offline(False)
    expect(cem.locator("[data-toast]")).to_be_hidden()
    show_new(cem)
    topic.say("bela", "Nach dem Funkloch.")
    show_new(cem)
    for said, times in {
        "Vor dem Funkloch.": 0,
        "Ungehört 0.": 1,
        "Ungehört 1.": 0,
        "Ungehört 2.": 1,
        "Nach dem Funkloch.": 1,
    }.items():
        expect(cem.get_by_text(said)).to_have_count(times)
    assert order(cem) == [topic.opening, *topic.answers, first, *lost, cem_last(cem)]


def order(page: Page) -> list[str]:
    """The posts on the page from top to bottom."""
    return page.locator("ol.posts > .post").evaluate_all("posts => posts.map(post => post.dataset.post)")


def cem_last(page: Page) -> str:
    """The last post on the page."""
    return order(page)[-1]


def test_what_is_read_stays_where_it_is(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Ruhe beim Lesen", 5)
    cem = opened(visitor("cem"), topic)
    at_end(cem)
    area = cem.get_by_label("Your post")
    area.fill("Ein halber Satz")
    area.evaluate("area => area.setSelectionRange(4, 10)")
    last = cem.locator(f"#post-{topic.answers[-1]} > .acts")
    before = top_of(last)
    cem.evaluate(
        "() => { window.moved = 0; new PerformanceObserver(list => { for (const entry of list.getEntries())"
        " window.moved += entry.value; }).observe({type: 'layout-shift'}); }"
    )
    topic.say("bela", f"Weit oben. {LONG}", to=topic.answers[0])
    topic.say("bela", f"Am Ende. {LONG}")
    forum.api("fay", "PATCH", f"/posts/{topic.opening}", body=f"{LONG}\n\n{LONG}\n\nGeändert.")
    forum.api("ada", "PUT", f"/posts/{topic.answers[1]}/pin")
    topic.hide(topic.answers[2])
    expect(cem.get_by_role("button", name="2 new posts")).to_be_visible(timeout=BLINK)
    expect(cem.get_by_text("Geändert.")).to_have_count(1)
    expect(cem.locator(f"#post-{topic.answers[2]}.is-hidden")).to_have_count(1)
    expect(cem.locator(".pinned-posts")).to_have_count(1)
    cem.wait_for_timeout(300)
    assert cem.evaluate("() => window.moved") == 0
    assert abs(top_of(last) - before) < 1  # browsers scroll by whole pixels
    assert area.evaluate(
        "area => [area === document.activeElement, area.selectionStart, area.selectionEnd]"
    ) == [
        True,
        4,
        10,
    ]
    expect(area).to_have_value("Ein halber Satz")


def top_of(element: Locator) -> float:
    """How far below the window's upper edge it begins, in pixels."""
    box = element.bounding_box()
    assert box is not None
    return box["y"]


def test_new_posts_below_need_no_pressing_and_stand_in_reading_order(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Von oben gelesen", 4)
    cem = opened(visitor("cem"), topic)
    late = topic.say("bela", "Unter der dritten Antwort.", to=topic.answers[2])
    end = topic.say("bela", "Ganz am Ende.")
    expect(cem.get_by_text("Ganz am Ende.")).to_have_count(1, timeout=BLINK)
    below = [topic.opening, *topic.answers[:3], late, topic.answers[3], end]
    assert order(cem) == below
    expect(cem.get_by_role("button", name="2 new posts")).to_be_visible()
    expect(cem.locator("#said")).to_have_text(re.compile("new post"))
    show_new(cem)
    expect(cem.locator(f"#post-{late}")).to_be_focused()


def test_reactions_and_focus_and_selection_outlive_a_change(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Zustimmung", 1)
    post = topic.answers[0]
    bela = opened(visitor("bela"), topic)
    agree = bela.locator(f"#post-{post} [data-reaction=agree]")
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "true")
    body = bela.locator(f"#post-{post} .body p")
    body.evaluate("words => getSelection().setBaseAndExtent(words.firstChild, 0, words.firstChild, 7)")
    agree.focus()
    forum.api("fay", "PUT", f"/posts/{post}/reactions/agree")
    expect(agree).to_contain_text("2", timeout=BLINK)
    expect(agree).to_have_attribute("aria-pressed", "true")
    expect(agree).to_be_focused()
    assert bela.evaluate("() => getSelection().toString()") == "Antwort"
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "false")
    bela.reload()
    expect(agree).to_have_attribute("aria-pressed", "false")


def test_a_hidden_topic_leaves_no_words(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Dieses Thema verschwindet", 1)
    cem, ada = opened(visitor("cem"), topic), opened(visitor("ada"), topic)
    cem.get_by_label("Your post").fill("Noch nicht gesendet")
    forum.api("ada", "PUT", f"/threads/{topic.id}/hiding")
    expect(cem.locator("ol.posts > .post")).to_have_count(0, timeout=BLINK)
    expect(cem.locator("main h1")).not_to_contain_text("Dieses Thema verschwindet")
    expect(cem.get_by_role("link", name="Load the page again")).to_be_visible()
    expect(cem.get_by_label("Your post")).to_have_value("Noch nicht gesendet")
    expect(ada.locator("ol.posts > .post")).to_have_count(2)
    expect(ada.locator("[data-mark=hidden]")).to_be_visible()


def test_what_waits_is_known_to_its_author_and_the_moderators_alone(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Erst gelesen, dann gezeigt", 0, room="shrinking-spaces")
    cem, ada, bela = (opened(visitor(who), topic) for who in ("cem", "ada", "bela"))
    bela.get_by_label("Your post").fill("Wartet auf Freigabe.")
    bela.get_by_role("button", name="Send post").click()
    expect(bela.locator(".post.is-own.is-pending")).to_be_focused()
    show_new(ada)
    at_ada = ada.locator(".post.is-pending")
    expect(at_ada).to_be_focused()
    expect(cem.locator("ol.posts > .post")).to_have_count(1)
    at_ada.get_by_role("button", name="Approve").click()
    show_new(cem)
    expect(cem.get_by_text("Wartet auf Freigabe.")).to_be_visible()
    expect(bela.locator(".post.is-own.is-published")).to_have_count(1, timeout=BLINK)


@pytest.mark.parametrize("locale", ["de", "en", "ar"])
def test_pages_are_quiet(forum: House, visitor: Visitor, watch: Watch, locale: str) -> None:
    topic = forum.topic(f"Ruhe in {locale}", 1)
    cem = opened(visitor("cem", locale=locale), topic)
    expect(cem.locator("html")).to_have_attribute("dir", "rtl" if locale == "ar" else "ltr")
    topic.say("bela", "Etwas Neues.")
    show_new(cem)
    cem.locator("[data-reply]").first.click()
    cem.locator(".replying textarea").fill("Eine **Antwort**")
    cem.locator(".replying [data-preview]").click()
    expect(cem.locator(".replying .preview strong")).to_be_visible()
    cem.locator(".replying button.primary").click()
    expect(cem.locator(".post.is-own:focus strong")).to_be_visible()
    for path in (
        f"/rooms/{forum.rooms['approaches']}",
        f"/events/{forum.event}",
        f"/posts/{topic.opening}/reply",
    ):
        cem.goto(path)
        cem.wait_for_load_state("networkidle")
    assert watch.console == []
