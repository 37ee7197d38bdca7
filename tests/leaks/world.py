"""An event in which everything lies about that somebody must not see, each bit of it marked by a word of its own."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

import pypdf
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from forum.db import db
from forum.discussion.models import Post
from tests.builders import another_event, judged, opened, said, word
from tests.cast import Browser, Gathering, Person, Program
from tests.pictures import pictured, uploaded
from tests.stage import Stage

MEMBERS = frozenset({"ada", "bela", "cem", "fay", "olga"})
WHO_MAY_SEE = {
    "published": MEMBERS,
    "title of a topic": MEMBERS,
    "hidden": {"ada", "bela"},
    "warning of a hidden post": {"ada", "bela"},
    "what a hidden picture shows": {"ada", "bela"},
    "earlier version of a hidden post": {"ada", "bela"},
    "earlier version of a deleted post": set(),
    "earlier version of a published post": MEMBERS,
    "pending": {"ada", "bela"},
    "rejected": {"ada", "bela"},
    "topic that waits": {"ada", "bela"},
    "title of a topic that waits": {"ada", "bela"},
    "hidden topic": {"ada"},
    "title of a hidden topic": {"ada"},
    "deleted": set(),
    "withdrawn while it waited": set(),
    "note of a moderator": set(),
    "foreign": {"eve"},
    "title of a foreign topic": {"eve"},
    "documentation": {"fay"},
    "draft": {"bela"},
}
"""What a word marks -> who of the cast may come upon it. Bela is the author of all of it but the foreign."""


@dataclass
class World:
    """The words, and for each kind of thing the ids of all there are."""

    words: dict[str, str]
    ids: dict[str, list[str]]
    posts: dict[str, str]
    other: Gathering
    threads: dict[str, str]
    thread_of: dict[str, str]
    """Post -> its thread."""


def planted(forum: Stage, cast: dict[str, Person], event: Gathering) -> World:
    """Everything is written, and can still be seen: ``withheld`` takes it away."""
    bela, fay, eve = (cast[key] for key in ("bela", "fay", "eve"))
    words = {what: word() for what in WHO_MAY_SEE}
    other = another_event(forum, eve)
    main = opened(bela, event.rooms["support"], words["title of a topic"], f"Gesagt: {words['published']}.")
    read_first = opened(fay, event.rooms["shrinking-spaces"])
    lost = opened(bela, event.rooms["support"], words["title of a hidden topic"], words["hidden topic"])
    waiting = opened(
        bela, event.rooms["shrinking-spaces"], words["title of a topic that waits"], words["topic that waits"]
    )
    foreign = opened(eve, other.rooms["only"], words["title of a foreign topic"], words["foreign"])
    picture, file = pictured(bela, event.rooms["support"], main["id"], words["what a hidden picture shows"])
    posts = {
        "hidden picture": picture,
        "hidden": said(bela, main, words["hidden"], warning=words["warning of a hidden post"])["id"],
        "deleted": said(bela, main, words["deleted"])["id"],
        "pending": said(bela, read_first, words["pending"])["id"],
        "rejected": said(bela, read_first, words["rejected"])["id"],
        "withdrawn while it waited": said(bela, read_first, words["withdrawn while it waited"])["id"],
        "published": main["opening_post"]["id"],
        "hidden topic": lost["opening_post"]["id"],
        "topic that waits": waiting["opening_post"]["id"],
        "foreign": foreign["opening_post"]["id"],
        "read first": read_first["opening_post"]["id"],
    }
    below = said(cast["cem"], main, "Dazu.", posts["hidden"])
    for post in ("hidden", "deleted", "published"):
        quoted = f"[quote:{posts[post]}]\n\nDas meine ich auch."
        below = said(cast["cem"], main, quoted, below["id"], question=1)
        now = bela.api.get(f"/posts/{posts[post]}").get_json()
        for version, body in ((1, words[f"earlier version of a {post} post"]), (2, now["body"])):
            changed = bela.api.patch(f"/posts/{posts[post]}", {"body": body}, version=version)
            assert changed.status_code == 200
    kept = bela.client.post(f"/drafts/thread/{main['id']}", {"body": words["draft"]})
    assert kept.status_code == 303
    summary = fay.api.post(
        f"/events/{event.id}/summaries",
        {"title": words["documentation"], "rooms": list(event.rooms.values())},
    ).get_json()
    threads = {
        "main": main["id"],
        "read first": read_first["id"],
        "hidden topic": lost["id"],
        "topic that waits": waiting["id"],
        "foreign": foreign["id"],
    }
    ids = {
        "event_id": [event.id, other.id],
        "room_id": [event.rooms["support"], event.rooms["shrinking-spaces"], other.rooms["only"]],
        "thread_id": list(threads.values()),
        "post_id": [*posts.values(), below["id"]],
        "summary_id": [summary["id"]],
        "file_id": [file, uploaded(bela, event.rooms["support"])],
        "member_id": [str(cast["cem"].member_id)],
        "kind": ["agree", "thread", "post", "room"],
    }
    with forum.inside():
        thread_of = {post.id: post.thread_id for post in db.session.query(Post)}
    return World(words, ids, posts, other, threads, thread_of)


def withheld(cast: dict[str, Person], world: World) -> None:
    """Hide, take back, reject: from now on the words are for few."""
    ada, bela = cast["ada"], cast["bela"]
    note = {"reason": "abuse", "note": world.words["note of a moderator"]}
    assert ada.api.put(f"/posts/{world.posts['hidden']}/hiding", note).status_code == 200
    assert ada.api.put(f"/posts/{world.posts['hidden picture']}/hiding", note).status_code == 200
    for post in ("deleted", "withdrawn while it waited"):
        assert bela.api.delete(f"/posts/{world.posts[post]}").status_code == 200
    judged(ada, {"id": world.posts["rejected"]}, "reject")
    assert ada.api.put(f"/threads/{world.threads['hidden topic']}/hiding").status_code == 200
    for kind in ("agree", "important"):
        cast["cem"].api.put(f"/posts/{world.posts['published']}/reactions/{kind}")


QUERIES = {
    "discussion.thread": [
        "",
        "?last",
        "?after={post}",
        "?before={post}",
        "?post={post}",
        "?order=time",
        "?branch={post}",
    ],
    "discussion.room": ["", "?after={thread}", "?question=1"],
    "discussion.reply": ["", "?quote"],
    "beside.post_versions": ["", "?version=1", "?version=2"],
    "discussion.changes": ["?after=0"],
    "api_discussion.changes": ["", "?after=1"],
    "api_discussion.posts": ["", "?limit=1", "?after={post}"],
    "api_discussion.threads": ["", "?limit=1", "?after={thread}"],
    "reading.unread": ["", "?after=0"],
    "search.search": ["?q={word}", "?event={event}&q={word}"],
    "api_search.search": ["?event={event}&q={word}"],
    "beside.people_to_name": ["?q=", "?q=b"],
    "summaries.export": [
        f"?format={form}&attribution=names" for form in ("md", "html", "docx", "pdf", "json", "csv")
    ],
    "api_summaries.export": [
        f"?format={form}&attribution={a}" for form in ("md", "json") for a in ("none", "groups")
    ],
    "summaries.export_event": [f"?format={form}&attribution=names" for form in ("json", "csv")],
    "api_summaries.export_event": ["?format=json&attribution=groups"],
}
"""Beside the plain address: what else a page can be asked for."""
GAP = re.compile(r"<(?:[^<>:]+(?:\([^)]*\))?:)?(\w+)>")


def rules(forum: Stage) -> list[Rule]:
    """All that is served, but for files."""
    return sorted(
        (rule for rule in forum.app.url_map.iter_rules() if rule.endpoint != "static"),
        key=lambda rule: rule.rule,
    )


def addresses(forum: Stage, world: World) -> Iterator[str]:
    """Every address that can be read, with every id there is in every gap."""
    for rule in rules(forum):
        if "GET" not in (rule.methods or ()) or "secret" in rule.arguments:
            continue
        gaps = GAP.findall(rule.rule)
        values = [
            world.ids["thread_id"] + world.ids["post_id"] if gap == "thing_id" else world.ids[gap]
            for gap in gaps
        ]
        for chosen in product(*values):
            path = rule.rule
            for value in chosen:
                path = GAP.sub(quote(value), path, count=1)
            for query in QUERIES.get(rule.endpoint, [""]):
                for filled in _filled(query, world, chosen):
                    yield path + filled


def _filled(query: str, world: World, chosen: tuple[str, ...]) -> list[str]:
    """The query with ids in its gap: of a thread's page its own posts and one that nobody may know of.

    Of a word only the beginning is asked for, so that no echo counts as a hit.
    """
    if "{word}" in query:
        filled = (query.replace("{word}", word[:11]) for word in world.words.values())
        return list(dict.fromkeys(q.replace("{event}", e) for q in filled for e in world.ids["event_id"]))
    if "{post}" in query:
        own = [post for post in world.ids["post_id"] if world.thread_of.get(post) in chosen]
        return [query.replace("{post}", post) for post in dict.fromkeys([*own, world.posts["pending"]])]
    if "{thread}" in query:
        return [query.replace("{thread}", thread) for thread in world.ids["thread_id"]]
    return [query]


def everything(answer: TestResponse) -> str:
    """All that an answer tells: status line, headers, body; files are opened."""
    head = f"{answer.status} {answer.headers}"
    kind = answer.mimetype
    if "wordprocessingml" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
            return head + "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    if kind == "application/pdf":
        reader = pypdf.PdfReader(io.BytesIO(answer.data))
        return (
            head
            + "".join(page.extract_text() for page in reader.pages).replace("\n", "")
            + repr(reader.metadata)
        )
    return head + answer.data.decode("utf-8", "replace")


def door(forum: Stage, cast: dict[str, Person], who: str, address: str) -> TestResponse:
    """Ask for an address: the API by token, pages by the browser."""
    if address.startswith(Program.PREFIX):
        path = address.removeprefix(Program.PREFIX)
        return (cast[who].api if who in cast else Program(forum, None)).get(path)
    return (cast[who].client if who in cast else Browser(forum)).get(address)
