"""Quotations: what is quoted is the source as all may read it now, on every way out of the house."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from forum import text
from forum.db import db
from forum.discussion import quotes
from forum.discussion.models import Post
from tests.builders import another_event, hidden, judged, opened, ruled, said, word
from tests.cast import Gathering, Person
from tests.stage import Stage

GONE = '<blockquote class="quote"><p dir="auto">'
"""Where a quotation is not shown, no name and no link stands above the sentence that says so."""


def marked(who: Person, post: dict, passage: str) -> str:
    """What the button writes for a marked passage."""
    answer = who.client.post(f"/posts/{post['id']}/quotation", {"passage": passage})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["quote"]


@contextmanager
def statements(forum: Stage) -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile."""
    sent: list[str] = []
    with forum.inside():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def everywhere(reader: Person, fay: Person, event: Gathering, thread: dict, *posts: dict) -> dict[str, str]:
    """Everything that tells of a thread's posts, by the name of the way it takes."""
    found = {
        "page": reader.client.get(f"/threads/{thread['id']}").text,
        "page by time": reader.client.get(f"/threads/{thread['id']}?order=time").text,
        "catch-up for pages": reader.client.get(f"/threads/{thread['id']}/changes?after=0").text,
        "list": reader.api.get(f"/threads/{thread['id']}/posts").text,
        "changes": reader.api.get(f"/threads/{thread['id']}/changes?after=0").text,
        "follow": str(reader.live().follow(thread=thread["id"], after=0)),
        "follow as pages": str(reader.live().follow(thread=thread["id"], after=0, form="html")),
    }
    for post in posts:
        found |= {
            f"post {post['id']}": reader.api.get(f"/posts/{post['id']}").text,
            f"card {post['id']}": reader.client.get(f"/posts/{post['id']}/card").text,
            f"reply {post['id']}": reader.client.get(f"/posts/{post['id']}/reply").text,
            f"versions {post['id']}": reader.client.get(f"/posts/{post['id']}/versions").text,
            f"versions {post['id']} api": reader.api.get(f"/posts/{post['id']}/versions").text,
        }
    for form in ("json", "csv"):
        for attribution in ("names", "none"):
            answer = fay.api.get(f"/events/{event.id}/export?format={form}&attribution={attribution}")
            assert answer.status_code == 200
            found[f"{form} {attribution}"] = answer.text
    return found


def where(needle: str, found: dict[str, str]) -> list[str]:
    """On which ways a word leaves."""
    return [way for way, said in found.items() if needle in said]


def test_a_marked_passage(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(
        bela, event.rooms["approaches"], body="Erster Absatz.\n\n* Ein **fettes** Wort\n* Noch eins & mehr"
    )
    token = marked(cem, thread["opening_post"], "Ein fettes\n Wort")
    assert re.fullmatch(rf"\[quote:{thread['opening_post']['id']} \d+-\d+@1\]", token)
    post = said(cem, thread, f"Dazu:\n{token}\nDas finde ich auch.")
    assert post["body"] == f"Dazu:\n{token}\nDas finde ich auch.", "the source keeps the reference alone"
    assert post["quotes"] == [
        {
            "post": thread["opening_post"]["id"],
            "author": {
                "name": "Bela Sommer",
                "group": "municipality",
                "alias": False,
                "member": bela.member_id,
            },
            "text": "Ein fettes Wort",
            "warning": None,
            "language": "de",
        }
    ]
    assert '<p dir="auto" lang="de">Ein fettes Wort</p></blockquote>' in post["html"]
    assert "Bela Sommer" in post["html"]
    page = bela.client.get(f"/threads/{thread['id']}").text
    assert page.count("Ein fettes Wort") == 1
    assert "[quote:" not in page
    assert (
        marked(cem, thread["opening_post"], "das steht nirgends") == f"[quote:{thread['opening_post']['id']}]"
    )
    amp = said(cem, thread, marked(cem, thread["opening_post"], "eins & mehr"))
    assert "Noch" not in amp["quotes"][0]["text"]
    assert "eins &amp; mehr" in amp["html"]


def test_without_scripts_the_whole_post_is_quoted(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"], body="Wort " * 200)
    opening = thread["opening_post"]["id"]
    form = cem.client.get(f"/posts/{opening}/reply?quote")
    assert f"[quote:{opening}]" in form.text
    sent = cem.client.post(
        f"/threads/{thread['id']}/posts", {"body": f"[quote:{opening}]\n\nJa.", "parent": opening}
    )
    assert sent.status_code == 303
    shown = cem.api.all(f"/threads/{thread['id']}/posts")[1]
    assert shown["quotes"][0]["text"].endswith("Wort …")
    assert len(shown["quotes"][0]["text"]) <= 602
    preview = cem.client.post("/preview", {"body": f"[quote:{opening}]\n\nJa."}).get_json()["html"]
    assert "Bela Sommer" in preview
    assert "[quote" not in preview


@pytest.mark.parametrize("how", ["hidden", "deleted", "edited", "thread"])
def test_a_source_takes_its_words_along(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, event: Gathering, how: str
) -> None:
    canary = word()
    room = event.rooms["approaches"]
    far = opened(bela, room, "Quelle", "Anderswo.")
    source = said(bela, far, f"Der Ort heißt {canary} und liegt am Fluss.")
    thread = opened(cem, room, "Ziel", "Hier.")
    passage = said(cem, thread, marked(cem, source, f"heißt {canary} und"))
    whole = said(cem, thread, f"[quote:{source['id']}]\n\nSo.")
    nested = said(cem, thread, f"[quote:{whole['id']}]")
    live = fay.live()
    live.follow(thread=thread["id"])
    before = everywhere(fay, fay, event, thread, passage, whole, nested)
    assert {"page", "page by time", "list", "changes", "csv none", "json names"} <= set(where(canary, before))
    assert canary not in fay.api.get(f"/posts/{nested['id']}").text, "a quotation holds no quotation"

    if how == "hidden":
        hidden(ada, source)
    elif how == "deleted":
        bela.api.delete(f"/posts/{source['id']}")
    elif how == "edited":
        bela.api.patch(
            f"/posts/{source['id']}", {"body": "Der Ort heißt anders und liegt am Meer."}, version=1
        )
    else:
        ada.api.put(f"/threads/{far['id']}/hiding")

    told = live.told()
    assert [change["kind"] for change in told] == ["post.quotes", "post.quotes"]
    assert {change["post"]["id"] for change in told} == {passage["id"], whole["id"]}
    assert canary not in str(told)
    after = everywhere(fay, fay, event, thread, passage, whole, nested)
    if how == "edited":
        versions = {
            f"versions {post['id']}{api}" for post in (passage, whole, nested) for api in ("", " api")
        }
        assert where(canary, after) == []
        assert set(after) >= versions
        shown = fay.api.get(f"/posts/{passage['id']}").get_json()["quotes"][0]["text"]
        assert shown == "heißt anders und", "the quotation says what the source says now"
    else:
        assert where(canary, after) == []
        assert GONE in after["page"]
        assert fay.api.get(f"/posts/{whole['id']}").get_json()["quotes"][0] == {
            "post": source["id"],
            "author": None,
            "text": None,
            "warning": None,
            "language": None,
        }
    for reader in (ada, bela, cem):
        assert canary not in reader.client.get(f"/threads/{thread['id']}").text, (
            "not even for who may see the source"
        )

    if how == "hidden":
        ada.api.delete(f"/posts/{source['id']}/hiding")
    elif how == "thread":
        ada.api.delete(f"/threads/{far['id']}/hiding")
    else:
        return
    assert [change["kind"] for change in live.told()] == ["post.quotes", "post.quotes"]
    assert canary in fay.client.get(f"/threads/{thread['id']}").text


def test_an_edit_moves_and_ends_passages(forum: Stage, bela: Person, cem: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"], body="Eins zwei drei vier fünf sechs.")
    source = thread["opening_post"]
    post = said(cem, thread, marked(cem, source, "drei vier"))

    def shown() -> str:
        return cem.api.get(f"/posts/{post['id']}").get_json()["quotes"][0]["text"]

    def change(body: str, version: int) -> None:
        assert bela.api.patch(f"/posts/{source['id']}", {"body": body}, version=version).status_code == 200

    change("Vorher noch ein Satz. Eins zwei drei vier fünf sechs.", 1)
    assert shown() == "drei vier"
    mine = cem.api.get(f"/posts/{post['id']}").get_json()
    edited = cem.api.patch(f"/posts/{post['id']}", {"body": mine["body"] + "\n\nGenau."}, version=1)
    assert edited.get_json()["quotes"][0]["text"] == "drei vier", (
        "its own change leaves a quotation where it is"
    )
    late = said(cem, thread, post["body"])
    assert late["quotes"][0]["text"] == "drei vier", (
        "a passage marked in an earlier version is found in this one"
    )
    change("Vorher noch ein Satz. Eins zwei drei und vier fünf sechs.", 2)
    assert shown() == "drei und vier"
    change("Ganz anders gesagt.", 3)
    assert shown() == ""
    assert 'class="quote" data-quote' in cem.client.get(f"/threads/{thread['id']}").text


def test_what_cannot_be_quoted(
    forum: Stage, ada: Person, bela: Person, cem: Person, olga: Person, event: Gathering
) -> None:
    room = event.rooms["approaches"]
    thread = opened(bela, room, body="Lesbar.")
    waiting = opened(bela, event.rooms["shrinking-spaces"], body="Wartet noch.")
    secret = said(bela, thread, "Verborgen.")
    hidden(ada, secret)
    other = another_event(forum, olga)
    foreign = opened(olga, other.rooms["only"], body="Fremd.")
    answers = []
    never = "a" + "b" * 25
    for post in (waiting["opening_post"]["id"], secret["id"], foreign["opening_post"]["id"], never):
        for who in (bela, cem, olga):
            sent = who.api.post(f"/threads/{thread['id']}/posts", {"body": f"[quote:{post}]\n\nText."})
            assert sent.status_code == 422
            assert sent.get_json()["errors"][0]["pointer"] == "/body"
            answers.append({**sent.get_json()})
        preview = cem.client.post("/preview", {"body": f"[quote:{post}]"}).get_json()["html"]
        assert GONE in preview
        page = cem.client.post(
            f"/threads/{thread['id']}/posts", {"body": f"[quote:{post}]\n\nMühsam getippt."}
        )
        assert page.status_code == 422
        assert "Mühsam getippt." in page.text, "nothing is lost"
    assert all(answer == answers[0] for answer in answers), "all look alike"
    opening = thread["opening_post"]["id"]
    for body in (
        f"[quote:{opening} 5-999@1]",
        f"[quote:{opening} 3-3@1]",
        "\n\n".join([f"[quote:{opening}]"] * 21),
    ):
        assert cem.api.post(f"/threads/{thread['id']}/posts", {"body": body}).status_code == 422
    own = cem.api.patch(f"/posts/{said(cem, thread)['id']}", {"body": f"[quote:{secret['id']}]"}, version=1)
    assert own.status_code == 422
    itself = said(cem, thread)
    assert (
        cem.api.patch(f"/posts/{itself['id']}", {"body": f"[quote:{itself['id']}]"}, version=1).status_code
        == 422
    )


def test_a_hidden_source_does_not_block_its_quoter(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"], body="Quelle.")
    source = said(bela, thread, "Bald verborgen.")
    post = said(cem, thread, f"[quote:{source['id']}]\n\nMeins.")
    hidden(ada, source)
    changed = cem.api.patch(f"/posts/{post['id']}", {"body": post["body"] + " Noch mehr."}, version=1)
    assert changed.status_code == 200
    assert changed.get_json()["quotes"][0]["text"] is None


def test_a_warning_goes_with_the_words(
    forum: Stage, bela: Person, cem: Person, fay: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"], body="Schlimmes.", warning="Gewalt <b>")
    post = said(cem, thread, f"[quote:{thread['opening_post']['id']}]")
    assert "<details" in post["html"]
    assert "Gewalt &lt;b&gt;" in post["html"]
    exported = fay.api.get(f"/events/{event.id}/export?format=csv&attribution=none").text
    assert exported.count("Gewalt") >= 2


def test_exports_name_nobody_more_than_they_should(
    forum: Stage, bela: Person, cem: Person, fay: Person, olga: Person, event: Gathering
) -> None:
    ruled(forum, olga, event.rooms["challenges"], names="alias")
    thread = opened(bela, event.rooms["approaches"], body="Zitierbar.")
    veiled = opened(bela, event.rooms["challenges"], body="Ohne Namen.")
    post = said(
        cem, thread, f"[quote:{thread['opening_post']['id']}]\n\n[quote:{veiled['opening_post']['id']}]"
    )
    assert [quote["author"]["alias"] for quote in post["quotes"]] == [False, True]
    assert post["quotes"][1]["author"]["member"] is None
    alias = post["quotes"][1]["author"]["name"]
    for form in ("json", "csv"):
        answer = fay.api.get(f"/events/{event.id}/export?format={form}&attribution=none").text
        assert "Zitierbar." in answer
        assert "[quote:" not in answer
        assert "Bela" not in answer
        assert alias not in answer
        groups = fay.api.get(f"/events/{event.id}/export?format={form}&attribution=groups").text
        assert "Bela" not in groups
        assert alias not in groups
        assert "Bela" in fay.api.get(f"/events/{event.id}/export?format={form}&attribution=names").text


def test_a_page_costs_one_statement_more_at_most(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"])
    for _ in range(3):
        said(cem, thread)
    with statements(forum) as plain:
        cem.client.get(f"/threads/{thread['id']}")
    for post in cem.api.all(f"/threads/{thread['id']}/posts")[:3]:
        said(cem, thread, f"[quote:{post['id']}]\n\n[quote:{thread['opening_post']['id']}]")
    with statements(forum) as quoting:
        cem.client.get(f"/threads/{thread['id']}")
    assert len(quoting) <= len(plain) + 1


def test_in_a_waiting_post(forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering) -> None:
    canary = word()
    thread = opened(bela, event.rooms["approaches"], body=f"Quelle {canary}.")
    waiting = opened(
        cem, event.rooms["shrinking-spaces"], body=f"[quote:{thread['opening_post']['id']}]\n\nUnd?"
    )
    assert canary in waiting["opening_post"]["html"]
    hidden(ada, thread["opening_post"])
    judged(ada, waiting["opening_post"])
    assert canary not in bela.client.get(f"/threads/{waiting['id']}").text


@given(st.text(max_size=200), st.data())
def test_words_found_are_the_words_marked(body: str, data: st.DataObject) -> None:
    said = quotes.spoken(f'<p dir="auto">{html.escape(body)}</p>')
    if not said.strip():
        return
    start = data.draw(st.integers(0, len(said) - 1))
    end = data.draw(st.integers(start + 1, len(said)))
    found = quotes.find(said[start:end], said)
    if said[start:end].strip():
        assert found is not None
        assert "".join(said[slice(*found)].split()) == "".join(said[start:end].split())


@pytest.mark.parametrize(
    "body",
    [
        "```\n[quote:{id}]\n```",
        "Text [quote:{id}] im Satz",
        "`[quote:{id}]`",
        "    [quote:{id}]",
        "* [quote:{id}]",
        '<p dir="auto">[quote:{id}]</p>',
        "[quote:{id}]: https://example.org\n\n[quote:{id}]",
        '&lt;p dir="auto"&gt;[quote:{id}]&lt;/p&gt;',
    ],
)
def test_what_only_looks_like_a_quotation(body: str) -> None:
    rendered = text.render("Davor\n\n" + body.replace("{id}", "abcdefghijkmnpqrstuvwxyz23") + "\n\nDanach")
    assert quotes.tokens(rendered.html) == []


def test_no_words_are_kept_beside_the_source(
    forum: Stage, bela: Person, cem: Person, event: Gathering
) -> None:
    canary = word()
    thread = opened(bela, event.rooms["approaches"], body=f"Das Wort {canary} hier.")
    post = said(cem, thread, marked(cem, thread["opening_post"], f"Wort {canary}"))
    with forum.inside():
        stored = db.session.get_one(Post, post["id"])
        assert canary not in stored.body + stored.html
