"""Writing: open a topic, answer, change, take back, react, send twice. By API and by page."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from forum import clock
from tests.builders import another_event, hidden, opened, said
from tests.cast import Gathering, Person
from tests.stage import Stage


def test_a_topic_and_an_answer(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    room = event.rooms["approaches"]
    thread = opened(bela, room, " Ansätze\u00a0 ", "Was **trägt** bei euch?")
    opening = thread["opening_post"]
    assert (thread["title"].strip(), thread["state"], thread["revision"]) == (thread["title"], "open", 1)
    post = said(cem, thread, "Die Treffen.\n\n<script>alert(1)</script>", warning="Lang")
    assert post == {
        "id": post["id"],
        "thread": thread["id"],
        "parent": opening["id"],
        "depth": 1,
        "author": {"name": "Cem Aydın", "group": "civil-society", "alias": False, "member": cem.member_id},
        "state": "published",
        "html": post["html"],
        "body": "Die Treffen.\n\n<script>alert(1)</script>",
        "warning": "Lang",
        "pinned": False,
        "redacted": False,
        "created_at": post["created_at"],
        "edited_at": None,
        "version": 1,
        "reactions": {},
        "notice": None,
        "language": "de",
        "question": None,
        "quotes": [],
        "files": [],
    }
    assert "<script>" not in post["html"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", post["created_at"])
    now = bela.api.get(f"/threads/{thread['id']}").get_json()
    assert (now["revision"], now["counts"], now["opening_post"]) == (2, {"posts": 2}, opening["id"])
    page = bela.client.get(f"/threads/{thread['id']}").text
    assert "<strong>trägt</strong>" in page
    assert "<script>alert" not in page


def test_the_same_by_plain_forms(forum: Stage, bela: Person, event: Gathering) -> None:
    room = event.rooms["approaches"]
    assert bela.client.get(f"/rooms/{room}").status_code == 200
    assert bela.client.get(f"/rooms/{room}/threads/new").status_code == 200
    made = bela.client.post(f"/rooms/{room}/threads", {"title": "Treffen", "body": "Wann?", "key": "a"})
    again = bela.client.post(f"/rooms/{room}/threads", {"title": "Treffen", "body": "Wann?", "key": "a"})
    assert made.status_code == again.status_code == 303
    assert made.headers["Location"] == again.headers["Location"], "a double click makes one topic"
    thread = made.headers["Location"].rpartition("/")[2]
    opening = bela.api.get(f"/threads/{thread}").get_json()["opening_post"]
    assert bela.client.get(f"/posts/{opening}/reply").status_code == 200
    answer = bela.client.post(f"/threads/{thread}/posts", {"body": "Im Mai.", "parent": opening})
    assert answer.status_code == 303
    post = re.search(r"post=(\w+)#post-\1$", answer.headers["Location"])[1]  # type: ignore[index]
    assert f'id="post-{post}"' in bela.client.get(answer.headers["Location"]).text
    assert bela.client.get(f"/posts/{post}").headers["Location"] == answer.headers["Location"]

    assert bela.client.get(f"/posts/{post}/edit").status_code == 200
    assert bela.client.post(f"/posts/{post}/edit", {"body": "Im Juni.", "version": "1"}).status_code == 303
    stale = bela.client.post(f"/posts/{post}/edit", {"body": "Im Juli.", "version": "1"})
    assert stale.status_code == 412
    assert "Im Juli." in stale.text, "nothing that was typed is lost"
    assert "Im Juni." in stale.text, "and the other text is shown"
    refused = bela.client.post(f"/threads/{thread}/posts", {"body": " ", "warning": "Mühsam getippt"})
    assert refused.status_code == 422
    assert "Mühsam getippt" in refused.text
    assert bela.client.get(f"/posts/{post}/deletion").status_code == 200
    assert bela.client.post(f"/posts/{post}/deletion").status_code == 303
    assert bela.api.get(f"/posts/{post}").get_json()["state"] == "deleted"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"body": "Hallo."}, "title"),
        ({"title": "Titel"}, "body"),
        ({"title": "", "body": "Hallo."}, "title"),
        ({"title": "x" * 201, "body": "Hallo."}, "title"),
        ({"title": "Titel", "body": ""}, "body"),
        ({"title": "Titel", "body": " \n\u200b"}, "body"),
        ({"title": "Titel", "body": "x" * 10_001}, "body"),
        ({"title": "Titel", "body": "Hallo.", "warning": "x" * 101}, "warning"),
        ({"title": "Titel", "body": "Hallo.", "alias": True}, "alias"),
        ({"title": "Titel", "body": "Hallo.", "alias": "ja"}, "alias"),
        ({"title": "Titel", "body": "Hallo.", "colour": "red"}, "colour"),
        ({"title": ["Titel"], "body": "Hallo."}, "title"),
        ({"title": "Titel", "body": "Null\u0000"}, "body"),
    ],
)
def test_what_cannot_be_a_topic(
    forum: Stage, bela: Person, event: Gathering, sent: dict[str, object], field: str
) -> None:
    room = event.rooms["approaches"]
    answer = bela.api.post(f"/rooms/{room}/threads", sent)
    assert answer.status_code == 422
    assert f"/{field}" in [error["pointer"] for error in answer.get_json()["errors"]]
    assert bela.api.all(f"/rooms/{room}/threads") == []


def test_the_longest_post_and_title_are_taken(forum: Stage, bela: Person, event: Gathering) -> None:
    opened(bela, event.rooms["approaches"], "ä" * 200, "ع" * 10_000)


def test_an_answer_stays_in_its_thread(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    one, two = (opened(bela, event.rooms[key]) for key in ("approaches", "support"))
    for parent in (two["opening_post"]["id"], "abc", "", "x" * 5000):
        answer = cem.api.post(f"/threads/{one['id']}/posts", {"body": "Hallo.", "parent": parent})
        assert answer.status_code == 422, parent
        assert answer.get_json()["errors"][0]["pointer"] == "/parent"


def test_a_post_is_changed_by_its_author_alone_and_never_over_a_newer_one(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    path = f"/posts/{opened(bela, event.rooms['approaches'])['opening_post']['id']}"
    new = {"body": "Anders gesagt."}
    assert bela.api.patch(path, new).status_code == 428
    for version in (2, 0, "x", "1.0", "*", "9" * 30):
        answer = bela.api.patch(path, new, version=version)
        assert answer.status_code == 412, version
        assert answer.get_json()["version"] in (0, 1)
    for other in (ada, cem):
        assert other.api.patch(path, new, version=1).status_code == 403
    answer = bela.api.patch(path, new, version=1)
    assert (answer.status_code, answer.get_json()["version"], answer.get_json()["body"]) == (
        200,
        2,
        "Anders gesagt.",
    )
    assert answer.get_json()["edited_at"]
    assert bela.api.patch(path, new, version=1).status_code == 412
    assert bela.api.patch(path, {"body": "Noch einmal."}, headers={"If-Match": "2"}).status_code == 200


def test_of_two_changes_at_once_one_is_stale(forum: Stage, bela: Person, event: Gathering) -> None:
    path = f"/posts/{opened(bela, event.rooms['approaches'])['opening_post']['id']}"
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda n: bela.api.patch(path, {"body": f"Fassung {n}."}, version=1), range(6))
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
    [kept] = [answer.get_json()["body"] for answer in answers if answer.status_code == 200]
    assert bela.api.get(path).get_json()["body"] == kept


def test_a_warning_is_kept_unless_another_is_sent(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"], warning="Gewalt")
    path = f"/posts/{thread['opening_post']['id']}"
    assert bela.api.patch(path, {"body": "Anders."}, version=1).get_json()["warning"] == "Gewalt"
    assert bela.api.patch(path, {"body": "Anders.", "warning": None}, version=2).get_json()["warning"] is None


def test_what_is_taken_back_keeps_its_place_without_words(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"])
    post = said(bela, thread, "Das war zu schnell.")
    below = said(cem, thread, "Warum?", post)
    cem.api.put(f"/posts/{post['id']}/reactions/agree")
    path = f"/posts/{post['id']}"
    for other in (ada, cem):
        assert other.api.delete(path).status_code == 403
    for _ in range(2):
        assert bela.api.delete(path).status_code == 200
    revision = bela.api.get(f"/threads/{thread['id']}").get_json()["revision"]
    assert revision == 5, "taking back twice decides nothing again"
    for viewer in (ada, bela, cem):
        shown = viewer.api.get(path).get_json()
        assert (shown["state"], shown["html"], shown["body"], shown["reactions"]) == (
            "deleted",
            None,
            None,
            {},
        )
    ids = [post["id"] for post in cem.api.all(f"/threads/{thread['id']}/posts")]
    assert ids == [thread["opening_post"]["id"], post["id"], below["id"]]
    assert bela.api.patch(path, {"body": "Doch."}, version=2).status_code == 403
    with forum.inside():
        import sqlalchemy as sa

        from forum.db import db

        stored = repr([db.session.execute(sa.select(table)).all() for table in db.metadata.sorted_tables])
    assert "zu schnell" not in stored, "the words are gone for good"


def test_reactions_are_counted_and_taken_back(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"])
    path = f"/posts/{thread['opening_post']['id']}"
    for person, kind in ((bela, "agree"), (cem, "agree"), (cem, "agree"), (cem, "important")):
        assert person.api.put(f"{path}/reactions/{kind}").status_code == 200
    assert bela.api.get(path).get_json()["reactions"] == {"agree": 2, "important": 1}
    assert bela.api.get(f"/threads/{thread['id']}").get_json()["revision"] == 4, "twice the same is once"
    assert cem.client.get(f"/threads/{thread['id']}").text.count('aria-pressed="true"') == 2
    assert ada.client.get(f"/threads/{thread['id']}").text.count('aria-pressed="true"') == 0
    for _ in range(2):
        assert cem.api.delete(f"{path}/reactions/agree").get_json()["reactions"] == {
            "agree": 1,
            "important": 1,
        }
    assert cem.client.post(f"{path}/reactions/important").status_code == 303
    assert bela.api.get(path).get_json()["reactions"] == {"agree": 1}
    assert cem.api.put(f"{path}/reactions/love").status_code == 404
    hidden(ada, thread["opening_post"])
    assert cem.api.put(f"{path}/reactions/thanks").status_code == 403
    with forum.inside():
        from forum.db import db
        from forum.discussion.models import Reaction

        assert bela.account_id not in repr([vars(row) for row in db.session.query(Reaction)]), (
            "who, nobody can read"
        )


def test_the_same_key_makes_the_same_thing(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    room = event.rooms["approaches"]
    sent = {"title": "Treffen", "body": "Wann?"}
    first = bela.api.post(f"/rooms/{room}/threads", sent, key="k1")
    again = bela.api.post(f"/rooms/{room}/threads", sent, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    thread = first.get_json()["id"]
    assert again.get_json()["id"] == thread
    posts = f"/threads/{thread}/posts"
    post = bela.api.post(posts, {"body": "Im Mai."}, key="k2").get_json()
    bela.api.patch(f"/posts/{post['id']}", {"body": "Im Juni."}, version=1)
    same = bela.api.post(posts, {"body": "Im Mai."}, key="k2")
    assert (same.status_code, same.get_json()["id"]) == (201, post["id"])
    assert same.get_json()["body"] == "Im Juni.", "the same thing as it is now"
    assert bela.api.post(posts, {"body": "Im Mai."}, key="k1").status_code == 422, "used for something else"
    assert bela.api.post(posts, {"body": "Im Mai."}, key="x" * 201).status_code == 422
    assert cem.api.post(posts, {"body": "Auch ich."}, key="k2").get_json()["id"] != post["id"], (
        "keys are one's own"
    )
    with clock.at(clock.now() + timedelta(hours=25)):
        late = bela.api.post(posts, {"body": "Im Mai."}, key="k2")
    assert (late.status_code, late.get_json()["id"] != post["id"]) == (201, True)
    failed = bela.api.post(posts, {"body": ""}, key="k3")
    assert failed.status_code == 422
    assert bela.api.post(posts, {"body": "Jetzt."}, key="k3").status_code == 201, "a refusal uses no key up"


def test_many_requests_with_one_key_at_once_make_one_post(
    forum: Stage, bela: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"])
    path = f"/threads/{thread['id']}/posts"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: bela.api.post(path, {"body": "Einmal."}, key="k"), range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.get_json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(bela.api.all(path)) == 2


def test_strangers_write_nowhere(
    forum: Stage, bela: Person, eve: Person, fay: Person, event: Gathering
) -> None:
    other = another_event(forum, fay)
    thread = opened(bela, event.rooms["approaches"])
    post = thread["opening_post"]["id"]
    for person, path in (
        (eve, f"/rooms/{event.rooms['approaches']}/threads"),
        (eve, f"/threads/{thread['id']}/posts"),
        (bela, f"/rooms/{other.rooms['only']}/threads"),
        (bela, "/rooms/abc/threads"),
    ):
        assert (
            person.api.post(
                path, {"title": "T", "body": "B"} if "rooms" in path else {"body": "B"}
            ).status_code
            == 404
        )
    assert eve.api.patch(f"/posts/{post}", {"body": "B"}, version=1).status_code == 404
    assert eve.api.delete(f"/posts/{post}").status_code == 404
    assert eve.api.put(f"/posts/{post}/reactions/agree").status_code == 404


def test_a_preview_is_what_the_renderer_makes(forum: Stage, bela: Person) -> None:
    answer = bela.client.post("/preview", {"body": "**Ja** <img src=x onerror=alert(1)>"})
    html = answer.get_json()["html"]
    assert "<strong>Ja</strong>" in html
    assert "<img" not in html
