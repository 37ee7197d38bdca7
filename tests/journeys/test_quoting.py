"""Quoting a marked passage, naming people, folding a branch: with the keyboard and with the mouse."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import House

Visitor = Callable[..., Page]

MARK = """([id, from, to]) => {
    const text = document.querySelector(`#post-${id} .body p`).firstChild;
    getSelection().setBaseAndExtent(text, from, text, to);
}"""


def test_quoting_a_marked_passage(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Zitieren", 1)
    source = topic.say("cem", "Das wichtigste Wort steht in der Mitte des Satzes.")
    bela, fay = visitor("bela"), visitor("fay")
    fay.goto(topic.url)
    bela.goto(topic.url)
    bela.evaluate(MARK, [source, 4, 20])
    bela.get_by_role("button", name="Quote the marked passage").click()
    area = bela.locator(".replying textarea")
    expect(area).to_be_focused()
    expect(area).to_have_value(f"[quote:{source} 4-19@1]\n\n")
    area.press_sequentially("Genau das.")
    bela.locator(".replying").get_by_role("button", name="Preview").click()
    expect(bela.locator(".preview blockquote.quote")).to_contain_text("wichtigste Wort")
    bela.locator(".replying").get_by_role("button", name="Preview").click()
    area.press("Control+Enter")
    quote = bela.locator(".post.is-own blockquote.quote")
    expect(quote).to_contain_text("wichtigste Wort")
    expect(fay.locator("blockquote.quote")).to_contain_text("wichtigste Wort")
    topic.hide(source)
    for page in (bela, fay):
        expect(page.locator("blockquote.quote")).to_contain_text("is not shown")
        expect(page.locator("ol.posts")).not_to_contain_text("wichtigste")


def test_the_whole_post_from_its_menu(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Ganz zitieren", 1)
    bela = visitor("bela")
    bela.goto(topic.url)
    post = bela.locator(f"#post-{topic.answers[0]}")
    post.get_by_text("More").click()
    post.get_by_role("link", name="Quote").click()
    expect(bela.locator(".replying textarea")).to_have_value(f"[quote:{topic.answers[0]}]\n\n")
    plain = visitor("cem", js=False)
    plain.goto(f"/posts/{topic.answers[0]}/reply?quote")
    expect(plain.locator("#body")).to_have_value(f"[quote:{topic.answers[0]}]\n\n")


def test_naming_somebody_by_keyboard(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Nennen", 1)
    bela = visitor("bela")
    bela.goto(topic.url)
    area = bela.locator("#body")
    area.click()
    area.press_sequentially("Frage an @ce")
    first = bela.locator("#names [role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(area).to_have_attribute("aria-activedescendant", "name-0")
    name = first.text_content()
    area.press("ArrowDown")
    area.press("ArrowUp")
    area.press("Enter")
    expect(area).to_have_value(f"Frage an @{name} ")
    expect(bela.locator("#names")).to_be_hidden()
    area.press_sequentially("und @f")
    expect(bela.locator("#names")).to_be_visible()
    area.press("Escape")
    expect(bela.locator("#names")).to_be_hidden()
    area.press("Control+Enter")
    expect(bela.locator(".post.is-own .mention")).to_have_text(f"@{name}")


def test_folding_a_branch(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Falten", 2)
    below = topic.say("fay", "Darunter.", to=topic.answers[0])
    deeper = topic.say("cem", "Noch tiefer.", to=below)
    bela = visitor("bela")
    bela.goto(topic.url)
    button = bela.locator(f"#post-{topic.answers[0]} [data-fold]")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.press("Enter")
    expect(button).to_be_focused()
    expect(button).to_have_text("Show 2 answers")
    expect(bela.locator(f"#post-{below}")).to_be_hidden()
    expect(bela.locator(f"#post-{deeper}")).to_be_hidden()
    expect(bela.locator(f"#post-{topic.answers[1]}")).to_be_visible()
    topic.say("fay", "Während sie gefaltet ist.", to=below)
    forum.api("fay", "PUT", f"/posts/{topic.answers[0]}/reactions/thanks")
    expect(bela.locator(f"#post-{topic.answers[0]} .n")).to_have_text("1")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(bela.locator(f"#post-{deeper}")).to_be_visible()
    plain = visitor("cem", js=False)
    plain.goto(topic.url)
    post = plain.locator(f"#post-{topic.answers[0]}")
    post.get_by_text("More").click()
    post.get_by_role("link", name="Only this branch").click()
    expect(plain.locator("ol.posts > .post")).to_have_count(4)
    plain.get_by_role("link", name="Show the whole topic").click()
    expect(plain.locator("ol.posts > .post")).to_have_count(6)


def test_by_time_and_live(forum: House, visitor: Visitor) -> None:
    topic = forum.topic("Der Zeit nach", 3)
    bela = visitor("bela")
    bela.goto(topic.url)
    bela.get_by_role("button", name="By time").click()
    expect(bela.get_by_role("button", name="By time")).to_have_attribute("aria-pressed", "true")
    late = topic.say("fay", "Zuletzt.", to=topic.answers[0])
    expect(bela.locator("[data-pill], #post-" + late).first).to_be_attached()
    pill = bela.locator("[data-pill]")
    if pill.is_visible():
        pill.click()
    expect(bela.locator("ol.posts > .post").last).to_have_attribute("data-post", late)
    expect(bela.locator(f"#post-{late} .answers")).to_be_visible()
    bela.get_by_role("button", name="Answers below their post").click()
    expect(bela.locator("ol.posts > .post").nth(2)).to_have_attribute("data-post", late)
