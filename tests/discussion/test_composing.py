"""What an author says beside the words: language, guiding question, names."""

from __future__ import annotations

import pytest

from forum.discussion import languages
from tests.builders import hidden, opened, removed, ruled, said
from tests.cast import Gathering, Person
from tests.stage import Stage


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das ist ein Beitrag, der etwas sagt.", "de"),
        ("Größe zählt", "de"),
        ("This is what we have in the town.", "en"),
        ("هذا نص باللغة العربية", "ar"),
        ("هذا نص مع Reflexionsforum قصير جدا", "ar"),
        ("Reflexionsforum und كلمة in der Stadt", "de"),
        ("👍", "en"),
        ("", "en"),
        ("12 345", "en"),
    ],
)
def test_a_language_is_guessed(text: str, language: str) -> None:
    assert languages.guess(text, "en") == language


def test_the_language_stands_on_the_post(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"], body="هذا نص باللغة العربية")
    assert thread["opening_post"]["language"] == "ar"
    page = bela.client.get(f"/threads/{thread['id']}").text
    assert '<div class="body" lang="ar">' in page
    post = said(bela, thread, "Bonjour à tous", language="fr")
    assert post["language"] == "fr"
    kept = bela.api.patch(
        f"/posts/{post['id']}", {"body": "Das ist nun deutsch und nicht anders."}, version=1
    )
    assert kept.get_json()["language"] == "fr", "what was chosen stays"
    again = bela.api.patch(
        f"/posts/{post['id']}", {"body": "Das ist nun deutsch.", "language": None}, version=2
    )
    assert again.get_json()["language"] == "de"
    wrong = bela.api.post(f"/threads/{thread['id']}/posts", {"body": "Text", "language": "xx"})
    assert wrong.get_json()["errors"][0]["pointer"] == "/language"
    page = bela.client.post(f"/threads/{thread['id']}/posts", {"body": "Mühsam", "language": '"><b>'})
    assert page.status_code == 422
    assert "Mühsam" in page.text
    assert '"><b>' not in page.text


def test_answering_a_guiding_question(
    forum: Stage, ada: Person, bela: Person, cem: Person, event: Gathering
) -> None:
    room = event.rooms["approaches"]
    plain, answering = opened(bela, room, "Schlicht"), opened(bela, room, "Antwortend")
    post = said(cem, answering, "Dazu sage ich etwas.", question=2)
    assert post["question"] == 2
    form = cem.client.get(f"/threads/{answering['id']}").text
    assert 'name="question"' in form
    assert "#circle-question-mark" in form
    filtered = cem.client.get(f"/rooms/{room}?question=2").text
    assert answering["id"] in filtered
    assert plain["id"] not in filtered
    assert answering["id"] not in cem.client.get(f"/rooms/{room}?question=1").text
    for none in ("?question=99", "?question=x", "?question="):
        assert plain["id"] in cem.client.get(f"/rooms/{room}{none}").text
    hidden(ada, post)
    assert answering["id"] not in cem.client.get(f"/rooms/{room}?question=2").text, (
        "a hidden post answers nothing"
    )
    for wrong in (0, -1, 99):
        refused = cem.api.post(f"/threads/{plain['id']}/posts", {"body": "Text", "question": wrong})
        assert refused.get_json()["errors"][0]["pointer"] == "/question"
    for wrong in ("0", "99", "x", "²", "-1"):
        page = cem.client.post(f"/threads/{plain['id']}/posts", {"body": "Mühsam", "question": wrong})
        assert page.status_code == 422
        assert "Mühsam" in page.text
    edited = cem.client.get(f"/posts/{said(cem, plain, question=1)['id']}/edit").text
    assert '<option value="1" lang="de" selected>' in edited


def names(who: Person, thread: dict, begin: str) -> list[str]:
    """What the list under the box offers."""
    answer = who.client.get(f"/threads/{thread['id']}/people", query_string={"q": begin})
    assert answer.status_code == 200
    return answer.get_json()["people"]


def test_whom_one_can_name(
    forum: Stage, ada: Person, bela: Person, cem: Person, eve: Person, olga: Person, event: Gathering
) -> None:
    thread = opened(bela, event.rooms["approaches"])
    assert names(cem, thread, "be") == ["Bela Sommer"]
    assert names(cem, thread, "som") == ["Bela Sommer"]
    assert names(cem, thread, "") == []
    assert names(cem, thread, "%") == names(cem, thread, "_") == []
    assert "Eve Fremd" not in names(cem, thread, "e"), "only who can read the room"
    assert eve.client.get(f"/threads/{thread['id']}/people?q=b").status_code == 404
    post = said(cem, thread, "Frage an @Bela Sommer und @Eve Fremd, `@Bela Sommer`, x@Bela Sommer.")
    assert post["html"].count('<span class="mention">') == 1
    assert '<span class="mention">@Bela Sommer</span> und @Eve Fremd' in post["html"]
    removed(forum, olga, bela)
    assert names(cem, thread, "be") == []


def test_in_a_room_of_aliases_only_aliases(
    forum: Stage, ada: Person, bela: Person, cem: Person, olga: Person, event: Gathering
) -> None:
    room = event.rooms["approaches"]
    ruled(forum, olga, room, names="alias")
    thread, other = opened(bela, room), opened(cem, room)
    alias = thread["opening_post"]["author"]["name"]
    assert names(cem, thread, alias[:2]) == [alias]
    assert names(cem, thread, "bela") == []
    elsewhere = other["opening_post"]["author"]["name"]
    if elsewhere != alias:
        assert names(cem, thread, elsewhere) == []
    post = said(cem, thread, f"@{alias} und @Bela Sommer")
    assert f'<span class="mention">@{alias}</span> und @Bela Sommer' in post["html"]
    silent = said(ada, thread, "Bald verborgen.")
    shown = silent["author"]["name"]
    assert shown in names(cem, thread, shown[:3])
    hidden(ada, silent)
    assert shown not in names(cem, thread, shown[:3]), "a hidden post's author is not told"


def test_ten_thousand_names(forum: Stage, bela: Person, event: Gathering) -> None:
    thread = opened(bela, event.rooms["approaches"])
    for body in ("@Bela " * 51, "@a" * 10_000, "@x " * 3_000, " @Bela Sommer" * 10_000):
        refused = bela.api.post(f"/threads/{thread['id']}/posts", {"body": body})
        if refused.status_code == 413:
            continue
        assert refused.status_code == 422 or "@a@a" in body
    page = bela.client.post(f"/threads/{thread['id']}/posts", {"body": "@Bela " * 51})
    assert page.status_code == 422
    assert 'id="body-error"' in page.text
    assert "@Bela @Bela" in page.text
