"""The bare limits: the smallest Flask programs that do the same bytes of work, in one app under the forum's server.

``/hello``; ``/rows`` and ``/orm``: a session lookup and 20 posts whose HTML is ready in the row, joined with their
authors, as plain rows and as objects; ``POST /reply``: one row and its commit; ``POST /tell``: one event to all sockets.
"""

from __future__ import annotations

import json
import os
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, redirect, render_template_string, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_socketio import SocketIO, join_room
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Bare</title></head><body>
<p>{{ current_user.name }}</p><ol>{% for post in posts %}
<li id="post-{{ post.id }}"><header><h2>{{ name(post) }}</h2><time>{{ post.at }}</time></header>
<div>{{ post.html|safe }}</div></li>{% endfor %}</ol></body></html>"""


class Base(DeclarativeBase):
    """The tables of the bare programs."""


db = SQLAlchemy(model_class=Base)
socketio = SocketIO()


class Author(db.Model, UserMixin):  # type: ignore[name-defined,misc]
    """Who writes, and who signs in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Written(db.Model):  # type: ignore[name-defined,misc]
    """A post that is ready to be shown."""

    id: Mapped[int] = mapped_column(primary_key=True)
    thread: Mapped[int] = mapped_column(index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"))
    html: Mapped[str]
    at: Mapped[str]
    author: Mapped[Author] = relationship()


class Compact:
    """JSON as short as the forum's."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Without blanks, without escapes."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def create_app(database: str, *, green: bool) -> Flask:
    """All bare programs; ``database`` is their SQLite file, ``BARE_EVENT_BYTES`` the size of an event."""
    app = Flask("bare")
    app.config.update(SECRET_KEY="bare", SQLALCHEMY_DATABASE_URI=f"sqlite:///{database}")
    db.init_app(app)
    with app.app_context():
        sa.event.listen(db.engine, "connect", _pragmas)
        db.create_all()
        db.engine.dispose()
    login = LoginManager(app)
    login.user_loader(lambda key: db.session.get(Author, int(key)))
    socketio.init_app(
        app, async_mode="gevent" if green else "threading", transports=["websocket"], json=Compact
    )
    _pages(app)
    _writing(app)
    return app


def _pragmas(connection: Any, _: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _pages(app: Flask) -> None:
    page = app.jinja_env.from_string(PAGE)
    as_rows = (
        sa.select(Written.id, Written.html, Written.at, Author.name)
        .join(Author)
        .where(Written.thread == 1)
        .order_by(Written.id)
        .limit(20)
    )
    as_objects = (
        sa.select(Written)
        .options(joinedload(Written.author))
        .where(Written.thread == 1)
        .order_by(Written.id)
        .limit(20)
    )

    @app.get("/healthz")
    @app.get("/hello")
    def hello() -> str:
        return "Hello"

    @app.get("/in")
    def enter() -> Any:
        login_user(db.session.get(Author, 1))
        return redirect("/hello")

    @app.get("/rows")
    @login_required
    def rows() -> str:
        found = db.session.execute(as_rows).all()
        return page.render(posts=found, name=lambda row: row.name, current_user=current_user)

    @app.get("/orm")
    @login_required
    def orm() -> str:
        found = db.session.scalars(as_objects).all()
        return render_template_string(PAGE, posts=found, name=lambda post: post.author.name)


def _writing(app: Flask) -> None:
    pad = "ä" * (int(os.environ.get("BARE_EVENT_BYTES", "1400")) // 2)
    told = {"revision": 0}

    @app.post("/reply")
    def reply() -> Response:
        body = request.get_json()["body"]
        db.session.add(Written(thread=2, author_id=1, html=body, at="2026"))
        db.session.commit()
        return Response('{"ok":true}', 201, mimetype="application/json")

    @app.post("/tell")
    def tell() -> Response:
        told["revision"] += 1
        socketio.emit("change", {"revision": told["revision"], "card": pad}, to="all")
        return Response('{"ok":true}', 201, mimetype="application/json")

    @socketio.on("follow")
    def follow(_wanted: Any = None) -> dict[str, Any]:
        join_room("all")
        return {"ok": True, "revision": told["revision"], "changes": []}
