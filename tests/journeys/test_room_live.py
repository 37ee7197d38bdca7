"""A room's list of topics follows what happens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, Visitor

pytestmark = pytest.mark.browser


def opened(page: Page, forum: House, room: str = "support") -> Page:
    """The room's page with its live updates running, the mouse somewhere else."""
    with page.expect_websocket():
        page.goto(f"/rooms/{forum.rooms[room]}")
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    return page


def test_topics_come_count_move_and_go(forum: House, visitor: Visitor) -> None:
    old = forum.topic("Ein älteres Thema", room="support")
    newer = forum.topic("Ein neueres Thema", room="support")
    cem = opened(visitor("cem"), forum)
    rows = cem.locator("ol.threads > .thread-row")
    unpinned = cem.locator('ol.threads > .thread-row[data-pinned="false"]')
    expect(unpinned.first).to_contain_text("Ein neueres Thema")
    old.say("bela", "Wieder aufgegriffen.")
    expect(unpinned.first).to_contain_text("Ein älteres Thema")
    expect(unpinned.first).to_contain_text("2 posts")
    made = forum.topic("Eben erst eröffnet", room="support")
    expect(unpinned.first).to_contain_text("Eben erst eröffnet")
    forum.api("ada", "PUT", f"/threads/{newer.id}/pin")
    expect(rows.first.locator("[data-mark=pinned]")).to_be_visible()
    forum.api("ada", "PUT", f"/threads/{old.id}/lock")
    expect(cem.locator(f'[data-thread="{old.id}"] [data-mark=locked]')).to_be_visible()
    forum.api("ada", "PATCH", f"/threads/{old.id}", title="Umbenannt")
    expect(cem.get_by_role("link", name="Umbenannt")).to_be_visible()
    forum.api("ada", "PUT", f"/threads/{made.id}/hiding")
    expect(cem.get_by_text("Eben erst eröffnet")).to_have_count(0)
    forum.api("ada", "PATCH", f"/threads/{old.id}", room=forum.rooms["challenges"])
    expect(cem.get_by_text("Umbenannt")).to_have_count(0)


def test_rows_stand_still_under_the_pointer(forum: House, visitor: Visitor) -> None:
    first = forum.topic("Unter dem Zeiger", room="challenges")
    second = forum.topic("Darüber", room="challenges")
    cem = opened(visitor("cem"), forum, "challenges")
    row = cem.locator(f'[data-thread="{second.id}"]')
    row.hover()
    before = row.bounding_box()
    first.say("bela", "Bewegung!")
    expect(cem.locator(f'[data-thread="{first.id}"]')).to_contain_text("2 posts")
    assert row.bounding_box() == before
    cem.mouse.move(5, 5)
    unpinned = cem.locator('ol.threads > .thread-row[data-pinned="false"]')
    expect(unpinned.first).to_contain_text("Unter dem Zeiger")


def test_waiting_topics_show_up_for_the_moderator(forum: House, visitor: Visitor) -> None:
    room = forum.rooms["shrinking-spaces"]
    ada = opened(visitor("ada"), forum, "shrinking-spaces")
    cem = opened(visitor("cem"), forum, "shrinking-spaces")
    made = forum.api(
        "bela", "POST", f"/rooms/{room}/threads", title="Wartendes Thema", body="Bitte freigeben."
    )
    expect(ada.locator("ul.threads")).to_contain_text("Wartendes Thema")
    expect(cem.get_by_text("Wartendes Thema")).to_have_count(0)
    forum.api("ada", "POST", f"/posts/{made['opening_post']['id']}/verdict", verdict="approve")
    expect(cem.locator("ol.threads")).to_contain_text("Wartendes Thema")
    expect(ada.locator("ul.threads")).to_have_count(0)
