"""The leak matrix: who comes upon which words, on any way out of the house.

Each thing that is withheld bears a random word. Every byte that somebody of the cast ever receives is searched for
every word: none where it must not be, and at least one where it may be, so that the search itself is seen to work.
"""

from __future__ import annotations

from itertools import product

import pytest

from tests.builders import Json, said
from tests.cast import Browser, Gathering, Live, Person, Program, told
from tests.leaks.world import GAP, WHO_MAY_SEE, addresses, door, everything, planted, rules, withheld
from tests.stage import Stage

ROLES = ("nobody", "eve", "cem", "bela", "fay", "olga", "ada")


def compared(heard: dict[str, str], words: dict[str, str], *, some: set[str] | None = None) -> None:
    """Fail with one line for each word that is where it must not be, or missing where it may be."""
    wrong = []
    for what, word in words.items():
        for who, text in heard.items():
            hits = text.count(word)
            if hits and who not in WHO_MAY_SEE[what]:
                place = text.index(word)
                wrong.append(f"{who} got “{what}”: …{text[max(0, place - 300) : place + 20]!r}")
            if not hits and who in WHO_MAY_SEE[what] and (some is None or what in some):
                wrong.append(f"{who} should have come upon “{what}”")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ROLES)
def test_on_every_address(
    forum: Stage, cast: dict[str, Person], event: Gathering, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    world = planted(forum, cast, event)
    withheld(cast, world)
    before = forum.rows()
    parts = []
    for address in addresses(forum, world):
        answer = door(forum, cast, who, address)
        assert answer.status_code < 500, address
        parts.append(f"\n=== {address} {everything(answer)}")
    compared({who: "".join(parts)}, world.words)
    for word in world.words.values():
        assert word not in caplog.text
    after = forum.rows()
    for rows in (before, after):
        for session in rows["session"]:
            del session["idle_until"]
    assert after == before, "nothing is changed by reading"


@pytest.mark.parametrize("who", ["nobody", "eve", "cem"])
def test_on_every_refusal(forum: Stage, cast: dict[str, Person], event: Gathering, who: str) -> None:
    world = planted(forum, cast, event)
    withheld(cast, world)
    browser = cast[who].client if who in cast else Browser(forum)
    program = cast[who].api if who in cast else Program(forum, None)
    known = {**world.ids, "verb": ["pin", "lock", "hiding", "approval"], "thing_id": world.ids["post_id"]}
    parts = []
    for rule in rules(forum):
        if "secret" in rule.arguments or rule.rule in ("/sign-out", "/account", "/account/sessions"):
            continue
        for chosen in product(*(known[gap] for gap in GAP.findall(rule.rule))):
            path = rule.rule
            for value in chosen:
                path = GAP.sub(value, path, count=1)
            for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
                if path.startswith(Program.PREFIX):
                    sent: Json = {"body": "B", "title": "T"}
                    answer = program.send(method, path.removeprefix(Program.PREFIX), sent, version=1)
                else:
                    answer = browser.post(path, {"body": "B", "title": "", "parent": world.posts["hidden"]})
                assert answer.status_code < 500, (method, path)
                parts.append(f"\n=== {method} {path} {everything(answer)}")
    compared({who: "".join(parts)}, world.words, some=set())


def test_on_answers_that_quote_or_hang_below(forum: Stage, cast: dict[str, Person], event: Gathering) -> None:
    world = planted(forum, cast, event)
    withheld(cast, world)
    cem = cast["cem"]
    for post in ("hidden", "deleted"):
        below = said(cem, world.threads["main"], "Dazu noch.", world.posts[post])
        for address in (
            f"/posts/{below['id']}",
            f"/posts/{below['id']}/card",
            f"/posts/{below['id']}/reply",
            f"/posts/{world.posts[post]}/reply",
            f"/threads/{world.threads['main']}?post={below['id']}",
            f"/api/v1/posts/{below['id']}",
        ):
            text = everything(door(forum, cast, "cem", address))
            for word in (
                world.words["hidden"],
                world.words["deleted"],
                world.words["warning of a hidden post"],
            ):
                assert word not in text, address
        card = cem.client.get(f"/posts/{below['id']}/card").text
        assert "Bela Sommer" not in card, "whose words are withheld is not named either"


def test_on_live_events_and_catching_up(forum: Stage, cast: dict[str, Person], event: Gathering) -> None:
    world = planted(forum, cast, event)
    sockets: dict[str, list[Live]] = {}
    for who in ROLES[1:]:
        sockets[who] = [cast[who].live(), cast[who].live(by="cookie")]
        for socket, form in zip(sockets[who], ("json", "html"), strict=True):
            for thread in world.ids["thread_id"]:
                socket.follow(thread=thread, form=form)
            for room in world.ids["room_id"]:
                socket.follow(room=room)
    for socket in (each for held in sockets.values() for each in held):
        socket.everything()
    withheld(cast, world)
    ada, bela = cast["ada"], cast["bela"]
    ada.api.put(f"/posts/{world.posts['hidden']}/pin")
    ada.api.put(f"/threads/{world.threads['hidden topic']}/lock")
    ada.api.put(f"/threads/{world.threads['main']}/pin")
    bela.api.patch(f"/posts/{world.posts['pending']}", {"body": world.words["pending"] + "!"}, version=1)
    said(ada, world.threads["main"], "Weiter.")
    said(cast["eve"], world.threads["foreign"], world.words["foreign"])
    events = {who: "".join(repr(socket.everything()) for socket in held) for who, held in sockets.items()}
    for who, text in events.items():
        for what, word in world.words.items():
            least = (
                WHO_MAY_SEE[what]
                if what in ("published", "title of a topic", "foreign", "title of a foreign topic")
                else set()
            )
            place = text.find(word)
            assert place < 0 or who in least, (
                f"{who} was told “{what}”: {text[max(0, place - 300) : place + 20]}"
            )
        assert (world.words["title of a topic"] in text) is (who != "eve"), who
        assert (world.words["foreign"] in text) is (who == "eve"), who

    caught_up = {}
    for who, held in sockets.items():
        answers = []
        for socket, form in zip(held, ("json", "html"), strict=True):
            answers += [socket.follow(thread=thread, form=form, after=0) for thread in world.ids["thread_id"]]
            answers += [socket.everything()]
        caught_up[who] = repr(answers)
    in_posts = {"published", "hidden", "pending", "foreign", "hidden topic"}
    compared(caught_up, world.words, some=in_posts - {"pending"})


def test_the_first_request_after_hiding_is_clean(
    forum: Stage, cast: dict[str, Person], event: Gathering
) -> None:
    world = planted(forum, cast, event)
    ada, cem = cast["ada"], cast["cem"]
    path = f"/threads/{world.threads['main']}"
    for _ in range(5):
        assert world.words["hidden"] in cem.client.get(path).text, "and the page was rendered before"
        ada.api.put(f"/posts/{world.posts['hidden']}/hiding", {"reason": "abuse"})
        assert world.words["hidden"] not in cem.client.get(path).text
        assert world.words["hidden"] in cast["bela"].client.get(path).text
        ada.api.delete(f"/posts/{world.posts['hidden']}/hiding")


def test_hidden_posts_change_no_counts(forum: Stage, cast: dict[str, Person], event: Gathering) -> None:
    """What waits or was never approved leaves no trace in counts, cursors, revisions and times."""
    from tests.builders import opened

    fay, bela, cem = (cast[key] for key in ("fay", "bela", "cem"))
    room = event.rooms["shrinking-spaces"]
    thread = opened(fay, room)
    seen = [
        f"/api/v1/threads/{thread['id']}",
        f"/api/v1/threads/{thread['id']}/posts?limit=1",
        f"/api/v1/threads/{thread['id']}/changes",
        f"/api/v1/rooms/{room}/threads",
        f"/api/v1/events/{event.id}",
    ]
    before = [told(door(forum, cast, "cem", address)) for address in seen]
    said(bela, thread)
    waiting = said(bela, thread)
    opened(bela, room)
    cast["ada"].api.post(f"/posts/{waiting['id']}/verdict", {"verdict": "reject"})
    assert [told(door(forum, cast, "cem", address)) for address in seen] == before
    assert cem.api.get(f"/posts/{waiting['id']}").status_code == 404
