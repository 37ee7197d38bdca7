"""The same thread by time, and one branch of it."""

from __future__ import annotations

import re

from tests.builders import hidden, judged, opened, said
from tests.cast import Gathering, Person
from tests.stage import Stage


def shown(who: Person, address: str) -> list[str]:
    """The posts of a page, in their order."""
    page = who.client.get(address)
    assert page.status_code == 200, page.text
    return re.findall(r'<li class="post[^>]* id="post-(\w+)"', page.text)


def address(page: str, rel: str) -> str | None:
    """Where the page's link to a neighbouring page leads."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


def tangled(who: Person, room: str, count: int = 45) -> tuple[str, list[str], list[str]]:
    """A thread whose tree and time differ: (its id, its posts by time, in tree order)."""
    thread = opened(who, room)
    by_time = [thread["opening_post"]["id"]]
    for number in range(count - 1):
        parent = by_time[(number * 7) % max(1, len(by_time) - 3)]
        by_time.append(said(who, thread, f"Beitrag {number}", parent)["id"])
    tree = [post["id"] for post in who.api.all(f"/threads/{thread['id']}/posts")]
    return thread["id"], by_time, tree


def test_by_time_page_after_page(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread, by_time, tree = tangled(bela, event.rooms["support"])
    assert by_time != tree
    for order, wanted in (("time", by_time), ("tree", tree)):
        found, here = [], f"/threads/{thread}?order={order}"
        while here:
            found += shown(cem, here)
            here = address(cem.client.get(here).text, "next")
        assert found == wanted
        last = f"/threads/{thread}?order={order}&last"
        assert shown(cem, last) == wanted[-20:]
        before = address(cem.client.get(last).text, "prev")
        assert shown(cem, before) == wanted[-40:-20]
    middle = by_time[30]
    page = cem.client.get(f"/threads/{thread}?order=time&post={middle}").text
    assert f'data-focus="{middle}"' in page
    assert middle in shown(cem, f"/threads/{thread}?order=time&post={middle}")


def test_the_order_is_kept_for_the_person(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread, by_time, tree = tangled(bela, event.rooms["support"], 8)
    chosen = cem.client.post("/reading-order", {"order": "time", "next": f"/threads/{thread}"})
    assert (chosen.status_code, chosen.headers["Location"]) == (303, f"/threads/{thread}")
    assert shown(cem, f"/threads/{thread}") == by_time
    assert shown(cem, f"/threads/{thread}?order=tree") == tree, "an address can say otherwise"
    assert shown(bela, f"/threads/{thread}") == tree, "it is the person's own"
    permalink = cem.client.get(f"/posts/{by_time[5]}").headers["Location"]
    assert by_time[5] in shown(cem, permalink.partition("#")[0])
    cem.client.post("/reading-order", {"order": "tree", "next": "https://eve.example/"})
    assert shown(cem, f"/threads/{thread}") == tree
    away = cem.client.post("/reading-order", {"order": "time", "next": "https://eve.example/"})
    assert away.headers["Location"] == "/"


def test_an_approved_post_is_new_when_it_is_approved(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["shrinking-spaces"])
    judged(ada, thread["opening_post"])
    early = said(cem, thread, "Zuerst geschrieben")
    late = said(ada, thread, "Zuerst erschienen")
    judged(ada, early)
    assert shown(bela, f"/threads/{thread['id']}?order=time")[-2:] == [late["id"], early["id"]]


def test_by_time_nobody_sees_more(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["shrinking-spaces"])
    judged(ada, thread["opening_post"])
    waits = said(cem, thread, "Wartet.")
    gone = said(ada, thread, "Verborgen.")
    hidden(ada, gone)
    page = bela.client.get(f"/threads/{thread['id']}?order=time").text
    assert waits["id"] not in page
    assert "Verborgen." not in page
    assert bela.client.get(f"/threads/{thread['id']}?order=time&post={waits['id']}").status_code == 404
    assert bela.client.get(f"/threads/{thread['id']}?branch={waits['id']}").status_code == 404
    assert shown(cem, f"/threads/{thread['id']}?branch={waits['id']}") == [waits["id"]]
    never = bela.client.get(f"/threads/{thread['id']}?branch={'a' * 26}")
    assert never.status_code == 404


def test_one_branch(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    one = said(bela, thread, "Eins")
    two = said(bela, thread, "Zwei")
    below = [said(cem, thread, "Darunter", one)]
    for _ in range(25):
        below.append(said(cem, thread, "Noch tiefer", below[-1 if len(below) % 3 else 0]))
    address_ = f"/threads/{thread['id']}?branch={one['id']}"
    found, here = [], address_
    while here:
        found += shown(cem, here)
        here = address(cem.client.get(here).text, "next")
    assert set(found) == {one["id"], *(post["id"] for post in below)}
    assert found[0] == one["id"]
    tree = [post["id"] for post in cem.api.all(f"/threads/{thread['id']}/posts")]
    assert found == [post for post in tree if post in found]
    assert shown(cem, f"/threads/{thread['id']}?branch={two['id']}") == [two["id"]]
    assert f'href="?branch={one["id"]}"' in cem.client.get(f"/threads/{thread['id']}").text
    other = opened(bela, event.rooms["support"])
    assert cem.client.get(f"/threads/{other['id']}?branch={one['id']}").status_code == 404
