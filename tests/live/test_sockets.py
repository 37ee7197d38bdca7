"""Live: who is let in, what followers are told and in which order, and how it ends."""

from __future__ import annotations

import json
import random

import pytest

from tests.builders import another_event, hidden, judged, membered, opened, removed, ruled, said, word
from tests.cast import Browser, Gathering, Live, Person
from tests.stage import Stage


def test_who_is_let_in(forum: Stage, bela: Person) -> None:
    assert bela.live().connected, "by token, from anywhere"
    assert bela.live(by="cookie").connected, "by cookie, from the forum's own pages"
    assert not bela.live(by="cookie", origin=None).connected, "by cookie without an Origin"
    for token in ("", "rf_falsch", None, 7, ["x"], {"a": 1}):
        wrong = bela.live(by="nothing", token=token) if token is not None else bela.live(by="nothing", x=1)
        assert not wrong.connected, token
    signed_out = bela.browser()
    bela.client.post("/sign-out")
    bela.client = signed_out  # type: ignore[misc]
    assert not bela.live(by="cookie").connected, "a copied cookie is dead"


@pytest.mark.parametrize(
    ("origin", "path", "status"),
    [
        ("http://eve.example", "/socket.io/?EIO=4&transport=websocket", 400),
        ("http://127.0.0.1:5000.eve.example", "/socket.io/?EIO=4&transport=websocket", 400),
        ("https://127.0.0.1:5000", "/socket.io/?EIO=4&transport=websocket", 400),
        ("null", "/socket.io/?EIO=4&transport=websocket", 400),
        ("http://127.0.0.1:5000", "/socket.io/?EIO=4&transport=polling", 400),
    ],
)
def test_the_handshake_refuses_foreign_pages_and_polling(
    forum: Stage, bela: Person, origin: str, path: str, status: int
) -> None:
    headers = {"Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket"}
    answer = bela.client.get(path, headers=headers)
    assert answer.status_code == status
    assert "Access-Control-Allow-Origin" not in answer.headers or answer.headers[
        "Access-Control-Allow-Origin"
    ].startswith("http://127.0.0.1")


def test_a_follower_is_told_every_change_once_and_in_order(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    for _ in range(3):
        said(cem, thread)
    socket = cem.live()
    answer = socket.follow(thread=thread["id"], after=1)
    assert (answer["ok"], answer["revision"]) == (True, 4)
    assert [change["revision"] for change in answer["changes"]] == [2, 3, 4]
    assert answer["changes"] == cem.api.get(f"/threads/{thread['id']}/changes?after=1").get_json()["changes"]
    assert socket.told() == [], "what the answer held does not come again"

    post = said(bela, thread, "Neu.")
    bela.api.patch(f"/posts/{post['id']}", {"body": "Anders."}, version=1)
    hidden(ada, post)
    ada.api.delete(f"/posts/{post['id']}/hiding")
    cem.api.put(f"/posts/{post['id']}/reactions/agree")
    ada.api.put(f"/posts/{post['id']}/pin")
    ada.api.delete(f"/posts/{post['id']}/pin")
    bela.api.delete(f"/posts/{post['id']}")
    ada.api.put(f"/threads/{thread['id']}/lock")
    ada.api.delete(f"/threads/{thread['id']}/lock")
    ada.api.put(f"/threads/{thread['id']}/pin")
    ada.api.delete(f"/threads/{thread['id']}/pin")
    ada.api.patch(f"/threads/{thread['id']}", {"title": "Neuer Titel", "room": event.rooms["challenges"]})
    told = socket.told()
    assert [change["kind"] for change in told] == [
        "post.created",
        "post.edited",
        "post.hidden",
        "post.restored",
        "post.reactions",
        "post.pinned",
        "post.unpinned",
        "post.deleted",
        "thread.locked",
        "thread.unlocked",
        "thread.pinned",
        "thread.unpinned",
        "thread.renamed",
        "thread.moved",
    ]
    assert [change["revision"] for change in told] == list(range(5, 19))
    for change in told:
        assert set(change) == {"thread", "revision", "kind", "at", "post", "thread_state"}
        assert change["thread"] == thread["id"]
        assert (change["post"] is None) is change["kind"].startswith("thread.")
        assert (change["thread_state"] is None) is change["kind"].startswith("post.")
    assert told[0]["post"] == {**post, "author": post["author"]}
    assert told[2]["post"]["body"] is None
    assert told[-2]["thread_state"]["title"] == "Neuer Titel"


def test_without_after_nothing_is_replayed(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    socket = cem.live()
    answer = socket.follow(thread=thread["id"])
    assert (answer["ok"], answer["revision"], answer["changes"]) == (True, 1, [])


def test_following_twice_tells_once(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    socket = cem.live()
    for form in ("json", "json", "html", "json"):
        assert socket.follow(thread=thread["id"], form=form)["ok"]
    said(bela, thread)
    assert [change["revision"] for change in socket.told()] == [2]


def test_the_projects_pages_get_the_ready_card(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    german, arabic, raw = cem.live(by="cookie"), ada.live(locale="ar"), ada.live()
    answer = german.follow(thread=thread["id"], after=0, form="html")
    assert f'id="post-{thread["opening_post"]["id"]}"' in answer["changes"][0]["card"]
    assert arabic.follow(thread=thread["id"], form="html")["ok"]
    assert raw.follow(thread=thread["id"])["ok"]
    post = said(bela, thread, "Neu **hier**.")
    [told] = german.told()
    assert "post" not in told
    assert (told["post_id"], told["parent"]) == (post["id"], post["parent"])
    assert "<strong>hier</strong>" in told["card"]
    [in_arabic] = arabic.told()
    assert in_arabic["card"] != told["card"]
    assert "<strong>hier</strong>" in in_arabic["card"]
    [in_json] = raw.told()
    assert (in_json["post"]["body"], "card" in in_json) == ("Neu **hier**.", False)


def test_an_event_holds_what_the_least_privileged_reader_may_see(
    forum: Stage, ada: Person, bela: Person, fay: Person, event: Gathering
) -> None:
    thread = opened(fay, event.rooms["shrinking-spaces"])
    secret = {key: word() for key in ("hidden", "pending", "note")}
    sockets: list[Live] = []
    for person in (ada, bela):
        for form in ("json", "html"):
            socket = person.live()
            assert socket.follow(thread=thread["id"], form=form)["ok"]
            assert socket.follow(room=event.rooms["shrinking-spaces"])["ok"]
            socket.everything()
            sockets.append(socket)
    post = said(fay, thread, secret["hidden"])
    for socket in sockets:
        assert secret["hidden"] in repr(socket.everything())
    ada.api.put(f"/posts/{post['id']}/hiding", {"reason": "abuse", "note": secret["note"]})
    waiting = said(bela, thread, secret["pending"])
    for socket in sockets:
        packets = socket.everything()
        assert "post.hidden" in repr(packets)
        for each in secret.values():
            assert each not in repr(packets), "moderator and author fetch what they may see"
        bells = [packet for packet in packets if packet["name"] == "bell" and "post" in packet["args"][0]]
        assert [packet["args"][0] for packet in bells] == [{"thread": thread["id"], "post": waiting["id"]}]
    answer = ada.live().follow(thread=thread["id"], after=0)
    assert secret["hidden"] in repr(answer), "an answer holds what the caller may see"
    assert secret["hidden"] not in repr(bela.live().follow(thread=thread["id"], after=0))


def test_others_are_told_nothing_of_what_waits(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, event: Gathering
) -> None:
    room = event.rooms["shrinking-spaces"]
    thread = opened(fay, room)
    socket = cem.live()
    assert socket.follow(thread=thread["id"])["ok"]
    assert socket.follow(room=room)["ok"]
    socket.everything()
    waiting, rejected = said(bela, thread), said(bela, thread)
    opened(bela, room)
    judged(ada, rejected, "reject")
    bela.api.patch(f"/posts/{waiting['id']}", {"body": "Anders."}, version=1)
    assert socket.everything() == [], "no event of any kind"
    judged(ada, waiting)
    assert [(c["revision"], c["kind"]) for c in socket.told() if "revision" in c] == [(2, "post.created")]


def test_following_a_room(forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering) -> None:
    room, other = event.rooms["support"], event.rooms["challenges"]
    socket, next_door = cem.live(), cem.live()
    assert socket.follow(room=room)["ok"] is True
    assert next_door.follow(room=other)["ok"]
    thread = opened(bela, room)
    [told] = socket.told()
    assert (told["room"], told["thread_state"]["id"], told["thread_state"]["title"]) == (
        room,
        thread["id"],
        "Partnerschaften",
    )
    ada.api.patch(f"/threads/{thread['id']}", {"room": other})
    assert [change["thread_state"]["state"] for change in socket.told()] == ["hidden"]
    assert next_door.told()[-1]["thread_state"]["title"] == "Partnerschaften"
    ada.api.put(f"/threads/{thread['id']}/hiding")
    last = next_door.told()[-1]
    assert (last["thread_state"]["state"], "title" in last["thread_state"]) == ("hidden", False)
    assert socket.told() == [], "what happens next door is not told here"
    ada.api.put(f"/threads/{thread['id']}/lock")
    ada.api.patch(f"/threads/{thread['id']}", {"title": "Insgeheim"})
    assert next_door.told() == [], "nor what moderators do with a hidden topic"
    ada.api.delete(f"/threads/{thread['id']}/hiding")
    assert next_door.told()[-1]["thread_state"]["title"] == "Insgeheim"
    assert socket.emit("unfollow", {"room": room})["ok"]
    opened(bela, room)
    assert socket.told() == []


def test_what_one_may_not_read_one_cannot_follow(
    forum: Stage, ada: Person, bela: Person, cem: Person, eve: Person, fay: Person, event: Gathering
) -> None:
    other = another_event(forum, fay)
    foreign = opened(fay, other.rooms["only"])
    waiting = opened(bela, event.rooms["shrinking-spaces"])
    lost = opened(bela, event.rooms["support"])
    ada.api.put(f"/threads/{lost['id']}/hiding")
    socket = cem.live()
    answers = [
        socket.follow(**wanted)
        for wanted in (
            {"thread": foreign["id"], "after": 0},
            {"thread": waiting["id"], "after": 0},
            {"thread": lost["id"], "after": 0},
            {"thread": "nowhere", "after": 0},
            {"thread": "*"},
            {"thread": [lost["id"]]},
            {"thread": f"thread {lost['id']} json "},
            {"room": other.rooms["only"]},
            {"room": "nowhere"},
            {"room": None},
            {},
        )
    ]
    assert {json.dumps(answer) for answer in answers} == {json.dumps(answers[0])}, "all alike"
    assert answers[0]["ok"] is False
    assert answers[0]["problem"]["status"] == 404
    said(fay, foreign)
    bela.api.patch(f"/posts/{waiting['opening_post']['id']}", {"body": "Anders."}, version=1)
    assert socket.everything() == []
    assert eve.live().follow(thread=lost["id"])["ok"] is False


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "x",
        7,
        [],
        {"after": -1},
        {"after": "1"},
        {"after": True},
        {"after": 1.5},
        {"after": 10**12},
        {"form": "xml"},
        {"form": None},
        {"form": []},
    ],
)
def test_what_cannot_be_understood_is_refused(
    forum: Stage, bela: Person, event: Gathering, wanted: object
) -> None:
    thread = opened(bela, event.rooms["support"])
    socket = bela.live()
    sent = {"thread": thread["id"], **wanted} if isinstance(wanted, dict) else wanted
    answer = socket.emit("follow", sent)
    assert (answer["ok"], answer["problem"]["status"]) == (False, 422)
    assert socket.connected
    assert socket.emit("unfollow", sent if not isinstance(sent, dict) else None)["ok"] is False


def test_unfollow_ends_it(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    socket = cem.live()
    socket.follow(thread=thread["id"])
    assert socket.emit("unfollow", {"thread": thread["id"]}) == {"ok": True}
    socket.everything()
    said(bela, thread)
    assert socket.everything() == []
    assert socket.follow(thread=thread["id"], after=1)["changes"][0]["revision"] == 2


def test_signing_out_ends_the_sockets_of_that_browser(forum: Stage, bela: Person, event: Gathering) -> None:
    from tests.cast import PASSWORD

    thread = opened(bela, event.rooms["support"])
    page, program = bela.live(by="cookie"), bela.live()
    other = Browser(forum)
    other.sign_in(bela.email, PASSWORD)
    elsewhere_person = bela
    own, elsewhere_person.client = bela.client, other  # type: ignore[misc]
    elsewhere = bela.live(by="cookie")
    for socket in (page, program, elsewhere):
        assert socket.follow(thread=thread["id"])["ok"]
        socket.everything()
    own.post("/sign-out")
    assert (page.connected, program.connected, elsewhere.connected) == (False, True, True)
    said(bela, thread)
    assert len(program.told()) == len(elsewhere.told()) == 1
    other.post("/account/sessions")
    assert (program.connected, elsewhere.connected) == (True, False)


def test_who_loses_the_right_to_read_is_told_no_more(
    forum: Stage, ada: Person, bela: Person, cem: Person, olga: Person, event: Gathering
) -> None:
    room = event.rooms["support"]
    thread, lost = opened(bela, room), opened(bela, room)
    socket = cem.live()
    for wanted in ({"thread": thread["id"]}, {"thread": lost["id"]}, {"room": room}):
        assert socket.follow(**wanted)["ok"]
    socket.everything()
    ada.api.put(f"/threads/{lost['id']}/hiding")
    hidden_told = [c for c in socket.told() if c.get("thread") == lost["id"]]
    assert [c["kind"] for c in hidden_told] == ["thread.hidden"]
    assert hidden_told[0]["thread_state"] == {"id": lost["id"], "state": "hidden"}
    ada.api.post(f"/threads/{lost['id']}/posts", {"body": "x"})
    ada.api.put(f"/threads/{lost['id']}/lock")
    assert [c for c in socket.told() if c.get("thread") == lost["id"]] == []

    removed(forum, olga, cem)
    said(bela, thread, word())
    opened(bela, room)
    assert socket.everything() == [], "no event of any kind"
    assert socket.follow(thread=thread["id"])["ok"] is False
    membered(forum, event, cem, "participant")
    assert socket.follow(thread=thread["id"])["ok"] is True


def test_people_are_counted_and_never_named(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["support"])
    one, two = bela.live(), cem.live()
    one.follow(thread=thread["id"])
    presence = one.told("presence")
    assert presence == [{"thread": thread["id"], "people": 1}]
    two.follow(thread=thread["id"])
    two.everything()
    two.emit("typing", {"thread": thread["id"]})
    assert one.told("typing") == [{"thread": thread["id"], "people": 1}]
    assert two.told("typing") == [], "who types is not told of it"
    for wrong in (None, "x", {"thread": "nowhere"}, {"thread": None}, []):
        two.emit("typing", wrong)
    assert one.everything() == []


def test_sockets_of_one_account_are_limited(forum: Stage, bela: Person, cem: Person) -> None:
    sockets = [bela.live() for _ in range(21)]
    assert [socket.connected for socket in sockets] == [True] * 20 + [False]
    assert cem.live().connected
    sockets[0].client.disconnect()
    assert bela.live().connected


def test_a_socket_that_asks_without_end_has_to_wait(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["support"])
    socket = bela.live()
    statuses = {
        (answer := socket.follow(thread=thread["id"]))["ok"] or answer["problem"]["status"]
        for _ in range(140)
    }
    assert statuses == {True, 429}


def test_after_any_gap_a_follower_has_what_a_fresh_page_has(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    dice = random.Random(11)
    thread = opened(bela, event.rooms["support"])
    posts = [thread["opening_post"]]
    held: dict[str, object] = {}
    revision = 0

    def take(changes: list[dict[str, object]]) -> None:
        nonlocal revision
        for change in changes:
            assert change["revision"] == revision + 1, "no gap, nothing doubled"
            revision += 1
            held[change["post"]["id"]] = change["post"]  # type: ignore[index]

    for _ in range(12):
        socket = cem.live()
        take(socket.follow(thread=thread["id"], after=revision)["changes"])
        for online in (True, False):
            for _ in range(dice.randrange(4)):
                post = dice.choice(posts)
                act = dice.randrange(4)
                if act == 0:
                    posts.append(said(bela, thread, word()))
                elif act == 1:
                    ada.api.put(f"/posts/{post['id']}/hiding", {"reason": "other"})
                elif act == 2:
                    ada.api.delete(f"/posts/{post['id']}/hiding")
                else:
                    version = bela.api.get(f"/posts/{post['id']}").get_json()["version"]
                    bela.api.patch(f"/posts/{post['id']}", {"body": word()}, version=version)
            if online:
                take(socket.told())
                socket.client.disconnect()
    take(cem.live().follow(thread=thread["id"], after=revision)["changes"])
    fresh = {post["id"]: post for post in cem.api.all(f"/threads/{thread['id']}/posts")}
    assert held == fresh


def test_the_rules_of_a_room_ring_a_bell(forum: Stage, bela: Person, olga: Person, event: Gathering) -> None:
    socket = bela.live()
    socket.follow(room=event.rooms["support"])
    ruled(forum, olga, event.rooms["support"], posting=())
    assert socket.told("bell") == [{"event": event.id}]
