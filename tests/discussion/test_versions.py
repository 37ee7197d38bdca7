"""Earlier versions of a post: who sees them, what differs, and when they are gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.db import db
from forum.discussion import diffing
from forum.discussion.diffing import GONE, NEW, SAME
from forum.discussion.models import PostVersion
from tests.builders import hidden, judged, opened, said, word
from tests.cast import Gathering, Person
from tests.stage import Stage


def changed(who: Person, post: dict, body: str, **more: str | None) -> dict:
    """The post with other words."""
    version = who.api.get(f"/posts/{post['id']}").get_json()["version"]
    answer = who.api.patch(f"/posts/{post['id']}", {"body": body, **more}, version=version)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_members_see_what_was_changed(
    forum: Stage, bela: Person, cem: Person, eve: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"])
    post = said(bela, thread, "Wir treffen uns am Montag im Rathaus.", warning="Lang")
    assert cem.client.get(f"/posts/{post['id']}/versions").status_code == 200
    changed(bela, post, "Wir treffen uns am Dienstag im <Rathaus>.")
    now = changed(bela, post, "Wir treffen uns am Dienstag im Park.", warning=None)
    assert now["version"] == 3
    page = cem.client.get(f"/threads/{thread['id']}").text
    assert f'href="/posts/{post["id"]}/versions"' in page, "everybody sees that it was changed"
    listed = cem.api.get(f"/posts/{post['id']}/versions").get_json()["items"]
    assert [(item["version"], item["body"], item["warning"]) for item in listed] == [
        (3, "Wir treffen uns am Dienstag im Park.", None),
        (2, "Wir treffen uns am Dienstag im <Rathaus>.", "Lang"),
        (1, "Wir treffen uns am Montag im Rathaus.", "Lang"),
    ]
    assert [item["at"] for item in listed] == sorted((item["at"] for item in listed), reverse=True)
    assert listed[0]["at"] == now["edited_at"]
    assert listed[2]["at"] == post["created_at"]
    newest = cem.client.get(f"/posts/{post['id']}/versions").text
    assert "&lt;Rathaus&gt;" in newest
    assert "<del>" in newest
    assert "<ins>" in newest
    second = cem.client.get(f"/posts/{post['id']}/versions?version=2").text
    assert "Montag" in second
    assert "Dienstag" in second
    first = cem.client.get(f"/posts/{post['id']}/versions?version=1").text
    assert "<del>" not in first
    assert "Montag" in first
    for missing in ("?version=9", "?version=x", "?version=0"):
        assert cem.client.get(f"/posts/{post['id']}/versions{missing}").status_code == 404
    assert eve.client.get(f"/posts/{post['id']}/versions").status_code == 404
    assert eve.api.get(f"/posts/{post['id']}/versions").status_code == 404
    one = cem.api.get(f"/posts/{post['id']}/versions?limit=1").get_json()
    assert [item["version"] for item in cem.api.all(f"/posts/{post['id']}/versions", 1)] == [3, 2, 1]
    assert one["next"] == "3"


def test_hiding_covers_all_versions(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    canaries = [word() for _ in range(4)]
    thread = opened(bela, event.rooms["approaches"])
    post = said(bela, thread, f"Zuerst {canaries[0]}.", warning=canaries[3])
    changed(bela, post, f"Dann {canaries[1]}.")
    changed(bela, post, f"Nun {canaries[2]}.", warning=None)
    hidden(ada, post)
    for version in ("", "?version=1", "?version=2", "?version=3"):
        page = cem.client.get(f"/posts/{post['id']}/versions{version}")
        assert page.status_code == 200
        assert not [canary for canary in canaries if canary in page.text]
    told = cem.api.get(f"/posts/{post['id']}/versions")
    assert not [canary for canary in canaries if canary in told.text]
    assert [item["body"] for item in told.get_json()["items"]] == [None, None, None]
    for privileged in (ada, bela):
        assert canaries[0] in privileged.api.get(f"/posts/{post['id']}/versions").text
        assert canaries[0] in privileged.client.get(f"/posts/{post['id']}/versions?version=1").text


def test_taking_back_deletes_all_versions(forum: Stage, ada: Person, bela: Person, event: Gathering) -> None:
    canary = word()
    thread = opened(bela, event.rooms["approaches"])
    post = said(bela, thread, f"Zuerst {canary}.")
    changed(bela, post, "Dann.")
    bela.api.delete(f"/posts/{post['id']}")
    for who in (ada, bela):
        told = who.api.get(f"/posts/{post['id']}/versions")
        assert canary not in told.text
        assert len(told.get_json()["items"]) == 1
        assert canary not in who.client.get(f"/posts/{post['id']}/versions").text
    with forum.inside():
        assert db.session.query(PostVersion).count() == 0


def test_what_was_changed_before_approval_is_not_kept(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    canary = word()
    thread = opened(bela, event.rooms["shrinking-spaces"], body=f"Voreilig {canary}.")
    post = thread["opening_post"]
    assert cem.client.get(f"/posts/{post['id']}/versions").status_code == 404
    changed(bela, post, "Überlegt.")
    judged(ada, post)
    assert canary not in cem.api.get(f"/posts/{post['id']}/versions").text
    assert canary not in cem.client.get(f"/posts/{post['id']}/versions").text


def test_a_refused_change_keeps_no_version(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"])
    post = thread["opening_post"]
    assert (
        bela.api.patch(f"/posts/{post['id']}", {"body": "Neu", "question": 99}, version=1).status_code == 422
    )
    assert bela.api.patch(f"/posts/{post['id']}", {"body": "Neu"}, version=7).status_code == 412
    assert len(bela.api.get(f"/posts/{post['id']}/versions").get_json()["items"]) == 1


@given(st.text("ab \n", max_size=80), st.text("ab \n", max_size=80))
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    made = diffing.pieces(before, after)
    assert "".join(piece.text for piece in made if piece.kind != NEW) == before
    assert "".join(piece.text for piece in made if piece.kind != GONE) == after
    assert all(piece.text for piece in made)
    if before == after:
        assert [piece.kind for piece in made] in ([], [SAME])


@given(st.text("abc \n", max_size=60), st.text("abc \n", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_a_passage_stays_in_the_text(before: str, after: str, start: int, length: int) -> None:
    end = min(start + length, len(before))
    (found,) = diffing.moved([(start, end)], before, after)
    assert 0 <= found[0] <= found[1] <= len(after)
    if before == after and before[start:end].strip():
        assert found == (start, end)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 5000, "b a " * 2500),
        ("a\n" * 5000, "b\na\n" * 2500),
        ("x" * 10_000, "y" * 10_000),
        ("ab cd " * 1666, "cd ab " * 1666),
    ],
)
def test_even_odd_texts_are_compared_quickly(before: str, after: str) -> None:
    import time

    begun = time.process_time()
    diffing.pieces(before, after)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("passage", "after", "wanted"),
    [
        ("wichtigste Wort", "Das wichtige Wort steht in der Mitte.", "wichtige Wort"),
        ("Das wichtigste Wort", "Ein wichtigste Wort steht in der Mitte.", "Ein wichtigste Wort"),
        ("wichtigste Wort", "Das wichtigste Wort hier steht in der Mitte.", "wichtigste Wort"),
        ("steht in", "Ganz davor. Das wichtigste Wort steht in der Mitte.", "steht in"),
        ("wichtigste", "Das wichtige Wort steht in der Mitte.", ""),
        ("steht", "Nichts davon.", ""),
    ],
)
def test_where_a_passage_went(passage: str, after: str, wanted: str) -> None:
    before = "Das wichtigste Wort steht in der Mitte."
    start = before.index(passage)
    (found,) = diffing.moved([(start, start + len(passage))], before, after)
    assert after[slice(*found)].strip() == wanted
