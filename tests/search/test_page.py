"""The search page, as a browser without JavaScript gets it; how often one may search; what it costs in statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from forum.db import db
from tests.builders import another_event, hidden, opened, ruled, said, word
from tests.cast import Gathering, Person
from tests.stage import Stage


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """Every statement that is sent to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    with stage.inside():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_the_box_in_the_bar_leads_to_the_page(forum: Stage, bela: Person, event: Gathering) -> None:
    page = bela.client.get(f"/events/{event.id}").text
    form = re.search(r'<form class="find" action="/search" method="get" role="search">.*?</form>', page, re.S)
    assert form and f'name="event" value="{event.id}"' in form[0] and 'name="q"' in form[0]
    assert f'href="/search?event={event.id}"' in page


def test_one_searches_reads_and_follows_a_hit(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"], "<i>Brunnen</i>", "Der **Brunnenbau** & mehr.")
    answer = bela.client.get("/search?q=brunnen")
    assert answer.status_code == 200
    assert "&lt;i&gt;<mark>Brunnen</mark>&lt;/i&gt;" in answer.text
    assert "Der <mark>Brunnenbau</mark> &amp; mehr." in answer.text
    assert (
        "<title>" in answer.text
        and "Brunnen" not in answer.text.partition("<title>")[2].partition("</title>")[0]
    )
    link = f"/posts/{thread['opening_post']['id']}"
    assert f'href="{link}"' in answer.text
    assert bela.client.get(link, follow_redirects=True).status_code == 200
    assert 'style="' not in answer.text and "onclick" not in answer.text


def test_pages_are_linked_and_keep_what_was_asked(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"], "Viele", "Ein Wort: Ziegel.")
    for _ in range(24):
        said(bela, thread, "Noch ein Ziegel.")
    first = bela.client.get(f"/search?q=ziegel&room={event.rooms['approaches']}&order=newest").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert first.count('class="hit"') == 20 and following
    address = following[1].replace("&amp;", "&")
    assert "room=" in address and "order=newest" in address
    second = bela.client.get(address).text
    assert second.count('class="hit"') == 5 and 'rel="prev"' in second and 'rel="next"' not in second


def test_nothing_found_says_what_may_help(forum: Stage, bela: Person, event: Gathering) -> None:
    page = bela.client.get("/search?q=Quastenflosser&phase=after").text
    assert 'class="hit"' not in page
    assert re.search(r'<a href="/search\?q=Quastenflosser">', page)


def test_an_empty_page_asks_and_finds_nothing_wrong(forum: Stage, bela: Person) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20"):
        answer = bela.client.get(address)
        assert answer.status_code == 200 and 'class="error"' not in answer.text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("q=%3F%21", "q"),
        (f"q={'a' * 201}", "q"),
        ("q=a&from=gestern", "from"),
        ("q=a&from=2026-05-02&to=2026-05-01", "to"),
        ("q=a&room=nowhere", "room"),
        ("q=a&person=nobody", "person"),
        ("q=a&phase=never", "phase"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(forum: Stage, bela: Person, asked: str, field: str) -> None:
    answer = bela.client.get(f"/search?{asked}")
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert (
        asked.partition("&")[0].removeprefix("q=")[:5].replace("%3F%21", "?!") in answer.text or field != "q"
    )


def test_who_is_signed_out_signs_in_first_and_a_stranger_sees_nothing(
    forum: Stage, bela: Person, eve: Person, olga: Person, event: Gathering
) -> None:
    from tests.cast import Browser

    assert Browser(forum).get("/search?q=a").status_code == 303
    assert eve.client.get(f"/search?q=a&event={event.id}").status_code == 404
    elsewhere = another_event(forum, olga)
    assert bela.client.get(f"/search?q=a&event={elsewhere.id}").status_code == 404
    assert eve.client.get("/search?q=a").status_code == 200
    several = olga.client.get("/search?q=a").text
    assert f'value="{elsewhere.id}"' in several and f'value="{event.id}"' in several


def test_only_who_wrote_something_all_can_read_is_offered_as_a_person(
    forum: Stage, ada: Person, bela: Person, cem: Person, fay: Person, olga: Person, event: Gathering
) -> None:
    opened(bela, event.rooms["approaches"], "Da", "Etwas.")
    hidden(ada, opened(cem, event.rooms["approaches"], "Fort", "Etwas.")["opening_post"])
    ruled(forum, olga, event.rooms["support"], names="alias")
    opened(fay, event.rooms["support"], "Unter Alias", "Etwas.")
    page = bela.client.get("/search").text
    people = re.search(r'<select[^>]* name="person".*?</select>', page, re.S)
    assert people and bela.name in people[0]
    assert not any(who.name in people[0] for who in (cem, fay))


def test_a_page_tells_nothing_of_what_is_hidden(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    secret, nonsense = word(), word()
    thread = opened(bela, event.rooms["approaches"], "Da", "Etwas.")
    hidden(ada, said(bela, thread, f"Geheim: {secret}"))
    for who in (ada, bela, cem):
        pages = [
            who.client.get(f"/search?q={asked}").text.replace(asked, "…") for asked in (secret, nonsense)
        ]
        stripped = [re.sub(r'(csrf[^>]*?(?:value|content)=")[^"]*', r"\1", page) for page in pages]
        assert stripped[0] == stripped[1]


def test_the_statements_of_a_page_do_not_grow_with_its_hits(
    forum: Stage, bela: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"], "Da", "Ein Kieselstein.")
    bela.client.get("/search?q=kiesel")
    with statements(forum) as few:
        bela.client.get("/search?q=kiesel")
    for _ in range(15):
        said(bela, thread, "Noch ein Kieselstein.")
    with statements(forum) as many:
        assert bela.client.get("/search?q=kiesel").text.count('class="hit"') == 16
    assert len(many) <= len(few)
    assert len(many) <= 14


def test_searching_is_limited(forum: Stage, bela: Person) -> None:
    with forum.limited():
        answers = [bela.api.get("/search?q=abc").status_code for _ in range(61)]
    assert answers[:60] == [200] * 60 and answers[60] == 429


def test_the_command_makes_the_index_anew(forum: Stage, bela: Person, event: Gathering) -> None:
    opened(bela, event.rooms["approaches"], "Da", "Ein Feldstein.")
    with forum.inside(), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM search_doc")
    assert bela.api.get("/search?q=feldstein").get_json()["items"] == []
    told = forum.app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert told.exit_code == 0 and told.output.strip() == "1"
    assert len(bela.api.get("/search?q=feldstein").get_json()["items"]) == 1
