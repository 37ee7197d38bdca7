"""What is found, by what, in which order, and when it is gone again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from forum import clock
from forum.db import db
from forum.search import index
from tests.builders import another_event, hidden, judged, opened, removed, ruled, said, word
from tests.cast import Gathering, Person
from tests.search.conftest import Ask
from tests.stage import Stage

POSTS = {
    "memory": "Unsere Erinnerungskultur braucht Pflege.",
    "streets": "Die Straßen der Städtepartnerschaft führen nach Übersee.",
    "partners": "الشراكات بين المدن مهمة جداً، وَالشَّرَاكَةُ لا تنتهي.",
    "school": "إدارة المدرسة والبلدية تتعاونان في مشروع مشترك.",
    "round": "Am runden Tisch, nicht am Tisch und nicht rund: ein runder Tisch.",
    "europe": "Förderung der EU gibt es ab 2026, das ist neu und heute wichtig.",
    "english": "Civil society organisations shape resilient cities.",
    "name": "Frau Müller-Lüdenscheidt und Herr Aydın haben zugesagt.",
}
TABLE = [
    ("Kultur", {"memory"}),
    ("erinnerungskulturen", {"memory"}),
    ("strassen", {"streets"}),
    ("STRASSE", {"streets"}),
    ("Stadt", {"streets"}),
    ("Staedte", {"streets"}),
    ("uebersee", {"streets"}),
    ("partnerschaft", {"streets"}),
    ("شراكة", {"partners"}),
    ("الشراكة", {"partners"}),
    ("شراكات", {"partners"}),
    ("اداره", {"school"}),
    ("بلديات", {"school"}),
    ("إدارة المدرسة", {"school"}),
    ('"runder Tisch"', {"round"}),
    ('"Tisch runder"', set()),
    ("EU", {"europe"}),
    ("eu 2026", {"europe"}),
    ("٢٠٢٦", {"europe"}),
    ("cities", {"english"}),
    ("organisation societies", {"english"}),
    ("muller", {"name"}),
    ("Lüdenscheidt Aydin", {"name"}),
    ("Kultur Straße", set()),
    ("Kulturx", set()),
]


def texts(who: Person, event: Gathering, room: str = "approaches") -> dict[str, str]:
    """A thread with the posts of the table; what each is called by its id."""
    thread = opened(who, event.rooms[room], "Sammlung", "Hier sammeln wir.")
    return {said(who, thread, body)["id"]: name for name, body in POSTS.items()}


def test_every_query_of_the_table_finds_what_it_should(
    both: Stage, bela: Person, event: Gathering, find: Ask
) -> None:
    names = texts(bela, event)
    for query, expected in TABLE:
        assert {names.get(item["post"]) for item in find(bela, query)} == expected, query
    marked = find(bela, "kultur")[0]
    assert "<mark>Erinnerungskultur</mark>" in marked["snippet"]
    assert set(marked) >= {"post", "thread", "room", "snippet"}


def test_a_title_is_found_and_comes_first(
    both: Stage, bela: Person, cem: Person, event: Gathering, find: Ask
) -> None:
    titled = opened(bela, event.rooms["support"], "Wasser und Energie", "Fragen über Fragen.")
    other = opened(cem, event.rooms["support"], "Verkehr", "Über Wasser und Energie reden wir später.")
    half = opened(cem, event.rooms["support"], "Wasserwerke", "Mit Energie.")
    order = [item["post"] for item in find(bela, "Wasser Energie")]
    assert order == [titled["opening_post"]["id"], half["opening_post"]["id"], other["opening_post"]["id"]]
    newest = [item["post"] for item in find(bela, "Wasser Energie", order="newest")]
    assert newest == [half["opening_post"]["id"], other["opening_post"]["id"], titled["opening_post"]["id"]]
    for order_ in ("best", "newest"):
        paged = [item["post"] for item in find(bela, "Wasser Energie", order=order_, limit="1")]
        assert paged == (order if order_ == "best" else newest)


def test_pages_hold_every_hit_once(both: Stage, bela: Person, event: Gathering, find: Ask) -> None:
    ids = []
    for number in range(7):
        thread = opened(
            bela, event.rooms["approaches"], f"Brücke {number}" if number % 2 else "Anderes", "Eine Brücke."
        )
        ids.append(thread["opening_post"]["id"])
        ids.append(said(bela, thread, "Noch eine Brücke über das Wasser.")["id"])
    for order in ("best", "newest"):
        whole = [item["post"] for item in find(bela, "bruecke", order=order)]
        assert sorted(whole) == sorted(ids)
        for limit in ("1", "2", "5"):
            assert [item["post"] for item in find(bela, "brücke", order=order, limit=limit)] == whole


def test_filters(both: Stage, ada: Person, bela: Person, cem: Person, event: Gathering, find: Ask) -> None:
    first = opened(bela, event.rooms["approaches"], "Eins", "Ein Apfelbaum.")["opening_post"]["id"]
    second = opened(cem, event.rooms["support"], "Zwei", "Viele Apfelbäume.")["opening_post"]["id"]
    assert [item["post"] for item in find(ada, "Apfel", room=event.rooms["support"])] == [second]
    assert [item["post"] for item in find(ada, "Apfel", person=bela.member_id or "")] == [first]
    assert {item["post"] for item in find(ada, "Apfel", phase="before")} == {first, second}
    assert find(ada, "Apfel", phase="after") == []
    today = clock.now().astimezone(clock.ZONE).date()
    assert len(find(ada, "Apfel", from_=str(today), to=str(today))) == 2
    assert find(ada, "Apfel", from_=str(today + timedelta(days=1))) == []
    assert find(ada, "Apfel", to=str(today - timedelta(days=1))) == []


def test_an_alias_cannot_be_looked_for(
    both: Stage, ada: Person, bela: Person, olga: Person, event: Gathering, find: Ask
) -> None:
    ruled(both, olga, event.rooms["support"], names="alias")
    opened(bela, event.rooms["support"], "Unter Alias", "Ein Birnbaum.")
    assert len(find(ada, "Birnbaum")) == 1
    assert find(ada, "Birnbaum", person=bela.member_id or "") == []


def test_found_in_the_transaction_that_shows_it_and_gone_in_the_one_that_hides_it(
    both: Stage, ada: Person, bela: Person, event: Gathering, find: Ask
) -> None:
    secret, title = word(), word()
    thread = opened(bela, event.rooms["approaches"], f"Titel {title}", "Anfang.")
    post = said(bela, thread, f"Das Wort ist {secret}.")
    for who in (ada, bela):
        assert [item["post"] for item in find(who, secret)] == [post["id"]]
    hidden(ada, post)
    for who in (ada, bela):
        assert find(who, secret) == []
    ada.api.delete(f"/posts/{post['id']}/hiding")
    assert [item["post"] for item in find(bela, secret)] == [post["id"]]
    bela.api.patch(f"/posts/{post['id']}", {"body": "Nun steht hier anderes."}, version=1)
    assert find(bela, secret) == []
    assert [item["post"] for item in find(bela, "steht anderes")] == [post["id"]]
    bela.api.delete(f"/posts/{post['id']}")
    assert find(bela, "steht anderes") == []
    hidden(ada, thread["opening_post"])
    [left] = find(bela, title)
    assert left["post"] == thread["opening_post"]["id"] and left["snippet"] == ""
    assert find(bela, "Anfang") == []
    ada.api.patch(f"/threads/{thread['id']}", {"title": "Neuer Name"})
    assert find(bela, title) == []
    assert len(find(bela, "neuer name")) == 1


def test_a_hidden_thread_is_found_by_moderators_alone_and_a_moved_one_in_its_new_room(
    both: Stage, ada: Person, bela: Person, event: Gathering, find: Ask
) -> None:
    secret = word()
    thread = opened(bela, event.rooms["approaches"], "Unauffällig", f"Hier steht {secret}.")
    ada.api.put(f"/threads/{thread['id']}/hiding")
    assert find(bela, secret) == []
    assert len(find(ada, secret)) == 1
    ada.api.delete(f"/threads/{thread['id']}/hiding")
    assert len(find(bela, secret, room=event.rooms["approaches"])) == 1
    ada.api.patch(f"/threads/{thread['id']}", {"room": event.rooms["support"]})
    assert find(bela, secret, room=event.rooms["approaches"]) == []
    assert [item["room"] for item in find(bela, secret)] == [event.rooms["support"]]


def test_what_waits_is_found_by_nobody_until_it_is_approved(
    both: Stage, ada: Person, bela: Person, cem: Person, event: Gathering, find: Ask
) -> None:
    secret, other = word(), word()
    thread = opened(bela, event.rooms["shrinking-spaces"], f"Wartet {secret}", f"Und {secret} auch.")
    for who in (ada, bela, cem):
        assert find(who, secret) == []
    judged(ada, thread["opening_post"])
    assert len(find(cem, secret)) == 1
    reply = said(cem, thread, f"Antwort {other}")
    judged(ada, reply, "reject")
    for who in (ada, bela, cem):
        assert find(who, other) == []


def test_who_is_no_member_finds_nothing(
    both: Stage, bela: Person, cem: Person, eve: Person, olga: Person, event: Gathering, find: Ask
) -> None:
    secret, foreign = word(), word()
    opened(bela, event.rooms["approaches"], "Da", f"Es heißt {secret}.")
    elsewhere = another_event(both, olga)
    opened(olga, elsewhere.rooms["only"], "Fort", f"Dort heißt es {foreign}.")
    assert eve.api.get(f"/search?q={secret}&event={event.id}").status_code == 404
    assert eve.api.get(f"/search?q={secret}").get_json() == {"items": [], "next": None}
    assert bela.api.get(f"/search?q={foreign}&event={elsewhere.id}").status_code == 404
    assert bela.api.get(f"/search?q={foreign}&room={elsewhere.rooms['only']}").status_code == 404
    assert bela.api.get(f"/search?q={foreign}").get_json()["items"] == []
    assert len(olga.api.get(f"/search?q={foreign}").get_json()["items"]) == 1
    removed(both, olga, cem)
    assert cem.api.get(f"/search?q={secret}&event={event.id}").status_code == 404


def test_a_warning_stands_in_place_of_the_snippet(
    both: Stage, bela: Person, event: Gathering, find: Ask
) -> None:
    opened(
        bela, event.rooms["approaches"], "Bericht", "Ein Schlagstock kam vor.", warning="Bericht von <Gewalt>"
    )
    [item] = find(bela, "Schlagstock")
    assert item["snippet"] == "Bericht von &lt;Gewalt&gt;" and item["warning"] == "Bericht von <Gewalt>"
    [item] = find(bela, "Gewalt")
    assert "Schlagstock" not in str(item)


def test_quoted_words_are_found_where_they_were_written(
    both: Stage, ada: Person, bela: Person, cem: Person, event: Gathering, find: Ask
) -> None:
    secret = word()
    thread = opened(bela, event.rooms["approaches"], "Quelle", f"Das {secret} steht hier.")
    quoting = said(cem, thread, f"[quote:{thread['opening_post']['id']}]\n\nDem stimme ich zu.")
    assert [item["post"] for item in find(bela, secret)] == [thread["opening_post"]["id"]]
    [item] = find(bela, "stimme zu")
    assert item["post"] == quoting["id"] and secret not in item["snippet"]
    hidden(ada, thread["opening_post"])
    assert find(cem, secret) == []


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ("", "/q"),
        ("q=", "/q"),
        ("q=%20%2D%2D", "/q"),
        (f"q={'a' * 201}", "/q"),
        ("q=a&after=1", "/after"),
        ("q=a&after=3-1", "/after"),
        ("q=a&after=0-99999999999999999999", "/after"),
        ("q=a&phase=never", "/phase"),
        ("q=a&from=gestern", "/from"),
        ("q=a&order=worst", "/order"),
        ("q=a&limit=0", "/limit"),
    ],
)
def test_a_wrong_question_gets_an_answer_at_its_field(bela: Person, asked: str, pointer: str) -> None:
    answer = bela.api.get(f"/search?{asked}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '""""',
        "AND OR NOT NEAR(",
        "title:x",
        "*",
        "%",
        "_",
        "a'b",
        "\\",
        "-x",
        "^",
        "{a} : b",
        "x" * 200,
        "\x00",
        "😀",
        "🇩🇪 x",
        "ﷺ",
    ],
)
def test_no_sign_breaks_a_query(both: Stage, bela: Person, event: Gathering, query: str) -> None:
    from urllib.parse import quote

    opened(bela, event.rooms["approaches"], "Da", "a b x 100 % _ AND title")
    assert bela.api.get(f"/search?q={quote(query)}").status_code in (200, 422)


def test_everything_can_be_made_anew(
    both: Stage, ada: Person, bela: Person, event: Gathering, find: Ask
) -> None:
    names = texts(bela, event)
    post = next(iter(names))
    hidden(ada, {"id": post})
    with both.inside():
        from forum.search.models import SearchDoc

        before = db.session.query(SearchDoc.post_id, SearchDoc.words, SearchDoc.title).all()
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(index.doc.delete())
        assert index.rebuild() == len(POSTS) + 1
        assert sorted(db.session.query(SearchDoc.post_id, SearchDoc.words, SearchDoc.title)) == sorted(before)
    assert {names.get(item["post"]) for item in find(bela, "runder tisch")} == {"round"}
    assert find(bela, "erinnerung") == []


def test_the_vocabulary_forgets_what_nobody_says_any_more(
    forum: Stage, ada: Person, bela: Person, event: Gathering
) -> None:
    secret = word()
    thread = opened(bela, event.rooms["approaches"], "Da", "Nichts Besonderes.")
    post, other = said(bela, thread, f"Hier {secret} und Brot."), said(bela, thread, "Brot ist gut.")

    def known(wanted: str) -> int:
        with forum.inside(), db.engine.connect() as connection:
            count: Any = connection.exec_driver_sql(
                "SELECT count(*) FROM search_word WHERE word = ?", (wanted,)
            ).scalar_one()
            return int(count)

    if forum.kind != "sqlite":
        pytest.skip("the vocabulary is SQLite's")
    assert known(secret) == known("brot") == 1
    hidden(ada, post)
    assert (known(secret), known("brot")) == (0, 1)
    hidden(ada, other)
    assert known("brot") == 0


def test_after_a_purge_the_words_are_in_no_file(
    forum: Stage, ada: Person, bela: Person, event: Gathering
) -> None:
    if forum.kind != "sqlite":
        pytest.skip("the files are the server's")
    secret = word()
    thread = opened(bela, event.rooms["approaches"], "Da", "Nichts Besonderes.")
    post = said(bela, thread, f"Hier {secret} noch.")
    said(bela, thread, "Und weiter im Text.")
    bela.api.patch(f"/posts/{post['id']}", {"body": f"Auch {secret} hier."}, version=1)
    bela.api.delete(f"/posts/{post['id']}")
    with forum.inside():
        index.purge()
        db.session.remove()
        with db.engine.connect() as connection:
            for shadow in ("search_text_data", "search_gram_data", "search_word", "search_doc"):
                rows = connection.exec_driver_sql(f"SELECT * FROM {shadow}").all()
                assert secret.encode() not in repr(rows).encode(), shadow
