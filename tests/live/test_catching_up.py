"""A reader who was away, and one who only asks from time to time, hold what a fresh page would show them."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from tests.builders import hidden, opened, said
from tests.cast import Gathering, Person

Json = dict[str, Any]
KINDS = {
    "post.created",
    "post.edited",
    "post.hidden",
    "post.restored",
    "post.deleted",
    "post.pinned",
    "post.unpinned",
    "post.reactions",
    "thread.locked",
    "thread.unlocked",
    "thread.pinned",
    "thread.unpinned",
    "thread.renamed",
    "thread.moved",
}


class Life:
    """Things that happen in a thread, one after the other, as chance has it."""

    def __init__(
        self, chance: random.Random, thread: Json, ada: Person, bela: Person, rooms: list[str]
    ) -> None:
        self.chance, self.thread, self.ada, self.bela, self.rooms = chance, thread, ada, bela, rooms
        self.posts = [thread["opening_post"]]

    def step(self) -> None:
        """One thing more."""
        post = self.chance.choice(self.posts)
        path, thread = f"/posts/{post['id']}", f"/threads/{self.thread['id']}"
        doing = self.chance.choice(
            ["say"] * 5 + ["edit", "hide", "show", "delete", "pin", "unpin", "react", "thread"]
        )
        if doing == "say":
            parent = post["id"] if self._can_be_answered(post) else None
            self.posts.append(said(self.bela, self.thread, f"Beitrag {len(self.posts)}", parent))
        elif doing == "edit":
            now = self.bela.api.get(path).get_json()
            self.bela.api.patch(
                path, {"body": f"Anders {now['version']}"}, headers={"If-Match": f'"{now["version"]}"'}
            )
        elif doing == "hide":
            self.ada.api.put(f"{path}/hiding", {"reason": "abuse"})
        elif doing == "show":
            self.ada.api.delete(f"{path}/hiding")
        elif doing == "delete" and post is not self.posts[0]:
            self.bela.api.delete(path)
        elif doing in ("pin", "unpin"):
            (self.ada.api.put if doing == "pin" else self.ada.api.delete)(f"{path}/pin")
        elif doing == "react":
            self.chance.choice((self.bela.api.put, self.bela.api.delete))(f"{path}/reactions/agree")
        elif doing == "thread":
            self._thread(thread)

    def _can_be_answered(self, post: Json) -> bool:
        return self.bela.api.get(f"/posts/{post['id']}").status_code == 200

    def _thread(self, thread: str) -> None:
        act = self.chance.choice(["pin", "unpin", "rename", "move", "lock"])
        if act == "rename":
            self.ada.api.patch(thread, {"title": f"Titel {self.chance.randrange(100)}"})
        elif act == "move":
            self.ada.api.patch(thread, {"room": self.chance.choice(self.rooms)})
        elif act == "lock":
            self.ada.api.put(f"{thread}/lock")
            self.ada.api.delete(f"{thread}/lock")
        else:
            (self.ada.api.put if act == "pin" else self.ada.api.delete)(f"{thread}/pin")


class Page:
    """What a client holds of a thread, kept up to date by changes alone. ``posts``: in reading order."""

    def __init__(self, posts: list[Json], state: Json) -> None:
        self.posts, self.state, self.revision = posts, state, state["revision"]

    def apply(self, change: Json) -> None:
        """Follow one change; a gap or a repetition is an error."""
        assert change["revision"] == self.revision + 1
        self.revision = change["revision"]
        if change["thread_state"]:
            self.state = change["thread_state"]
        post = change["post"]
        if post is None:
            return
        places = {held["id"]: place for place, held in enumerate(self.posts)}
        if post["id"] in places:
            self.posts[places[post["id"]]] = post
        else:
            self.posts.insert(self._place(post, places), post)

    def _place(self, post: Json, places: dict[str, int]) -> int:
        """Behind the last of the branch that it answers."""
        place = places[post["parent"]]
        depth = self.posts[place]["depth"]
        place += 1
        while place < len(self.posts) and self.posts[place]["depth"] > depth:
            place += 1
        return place


def fresh(who: Person, thread: Json) -> Page:
    """A page as it is loaded now."""
    state = who.api.get(f"/threads/{thread['id']}").get_json()
    return Page(who.api.all(f"/threads/{thread['id']}/posts", 100), state)


def same(held: Page, now: Page) -> None:
    assert held.revision == now.state["revision"]
    assert held.posts == now.posts
    untold = {"revision", "counts", "active_at"}  # they change with every post; a client counts itself
    assert {k: v for k, v in held.state.items() if k not in untold} == {
        k: v for k, v in now.state.items() if k not in untold
    }


@pytest.mark.parametrize("seed", range(6))
def test_changes_bring_a_stale_page_to_what_a_fresh_one_shows(
    seed: int, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    chance = random.Random(seed)
    thread = opened(bela, event.rooms["support"])
    life = Life(chance, thread, ada, bela, [event.rooms["support"], event.rooms["approaches"]])
    for _ in range(6):
        life.step()
    asking, following = fresh(cem, thread), fresh(cem, thread)
    socket = cem.live()
    answer = socket.follow(thread=thread["id"], after=following.revision)
    assert answer["ok"] and answer["changes"] == []
    for _ in range(25):
        life.step()
    for change in cem.api.get(f"/threads/{thread['id']}/changes?after={asking.revision}").get_json()[
        "changes"
    ]:
        asking.apply(change)
    for change in socket.told():
        # what was told live is as it was then; the last telling of each post is as it is now
        following.apply(change)
    now = fresh(cem, thread)
    same(asking, now)
    same(following, now)


def test_a_life_of_a_thread_knows_every_kind_of_change(
    ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    chance = random.Random(1)
    thread = opened(bela, event.rooms["support"])
    life = Life(chance, thread, ada, bela, [event.rooms["support"], event.rooms["approaches"]])
    kinds: set[str] = set()
    for _ in range(400):
        life.step()
        if not len(life.posts) % 10:
            told = cem.api.get(f"/threads/{thread['id']}/changes?after=0").get_json()
            kinds = {change["kind"] for change in told["changes"]}
            if kinds >= KINDS:
                return
    raise AssertionError(KINDS - kinds)


@pytest.mark.parametrize("seed", range(3))
def test_cards_that_travelled_are_the_cards_of_a_fresh_page(
    seed: int, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    life = Life(random.Random(seed), thread, ada, bela, [event.rooms["support"]])
    socket = cem.live(locale="de")
    socket.follow(thread=thread["id"], after=0, form="html")
    for _ in range(25):
        life.step()
    held = {change["post_id"]: change["card"] for change in socket.told() if change["post_id"]}
    asked = cem.client.get(f"/threads/{thread['id']}/changes?after=0").get_json()
    for change in asked["changes"]:
        if change["post_id"]:
            card = cem.client.get(f"/posts/{change['post_id']}/card").text
            assert change["card"] == card
            if change["post_id"] in held:
                assert _plainly(held[change["post_id"]]) == _plainly(card)


def _plainly(card: str) -> str:
    """A card without what depends on other things than its post: whether answers are taken, whom it answers."""
    return re.sub(r'(<a [^>]*data-reply.*?</a>|<p class="answers.*?</p>)\s*', "", card, flags=re.DOTALL)


def test_who_asks_again_for_the_same_gets_nothing_again(
    ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    post = said(bela, thread)
    for asker, path in (
        (cem.api, f"/threads/{thread['id']}/changes?after=1"),
        (cem.client, f"/threads/{thread['id']}/changes?after=1"),
    ):
        first = asker.get(path)
        again = asker.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    hidden(ada, post)
    assert cem.client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
