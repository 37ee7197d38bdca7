"""Puts the house together: the only file that knows every capability."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from forum import cli, config, db, jobs, listeners
from forum.config import Settings
from forum.discussion import api as discussion_api
from forum.discussion import beside, draft_views, file_views, reading_views
from forum.discussion import views as discussion
from forum.discussion.fragments import markup
from forum.home import views as home
from forum.keys import keys
from forum.live import sockets, wire
from forum.live.relay import relay
from forum.moderation import api as moderation_api
from forum.moderation import views as moderation
from forum.people import actions, queries
from forum.people import views as people
from forum.rooms import api as rooms_api
from forum.rooms import queries as rooms_queries
from forum.rooms import views as rooms
from forum.search import api as search_api
from forum.search import index as search_index
from forum.search import views as search
from forum.storage import storage
from forum.summaries import api as summaries_api
from forum.summaries import views as summaries
from forum.web import api, csrf, errors, headers, identity, limits, operation, pages, uploads

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    home.bp,
    people.bp,
    rooms.bp,
    discussion.bp,
    beside.bp,
    moderation.bp,
    summaries.bp,
    search.bp,
    operation.bp,
)
BESIDE = (draft_views.bp, file_views.bp, reading_views.bp)
"""What pages do beside what one asks them for."""
API = (rooms_api.blp, discussion_api.blp, moderation_api.blp, summaries_api.blp, search_api.blp)
SOCKETS = (sockets,)
"""Imported for their handlers."""


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """The forum, ready to serve. Raises ``config.WrongSetting`` where a setting cannot be used."""
    settings = settings or config.read()
    app = Flask(
        "forum",
        root_path=str(ROOT / "forum"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
        instance_path=str(settings.instance),
    )
    app.static_folder = str(ROOT / "static")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=db.engine_options(settings.database_url),
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=200,
    )
    app.config.update(overrides)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    _log(settings)
    search_index.check(settings)
    keys.open(settings.instance)
    storage.open(settings.instance)
    db.db.init_app(app)
    jobs.init(app, settings)
    db.listen(listeners.TOGETHER, listeners.AFTERWARDS)
    identity.init(
        app,
        identity.Ways(
            session=queries.session_account,
            prolong=actions.prolong_session,
            token=queries.token_account,
            actor=rooms_queries.load_actor,
            alive=queries.way_alive,
            alive_among=queries.ways_alive,
        ),
    )
    headers.init(app, https=settings.https)
    pages.init(app)
    app.jinja_env.filters["markup"] = markup
    uploads.init(app)
    csrf.init(app)
    limits.init(app, settings)
    errors.init(app)
    for blueprint in (*PAGES, *BESIDE):
        app.register_blueprint(blueprint)
    api.init(app, API)
    wire.init(app, settings)
    relay.init(settings.redis_url)
    cli.init(app)
    return app


def migrations(app: Flask) -> Flask:
    """Make the app know its migrations; apart from the rest, for loading Alembic takes a quarter of a start."""
    from flask_migrate import Migrate

    Migrate(app, db.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    return app


def migrate(app: Flask) -> None:
    """Bring the database to the newest form, where it is not in it."""
    with app.app_context():
        if db.revision() == newest_revision():
            return
        migrations(app)
        from flask_migrate import upgrade

        upgrade(directory=str(ROOT / "migrations"))


def newest_revision() -> str:
    """The revision that no other one builds upon, read from the files themselves."""
    files = [file.read_text("utf-8") for file in (ROOT / "migrations" / "versions").glob("*.py")]
    own: set[str] = {
        found for text in files for found in re.findall(r'^revision = "(\w+)"', text, re.MULTILINE)
    }
    below: set[str] = {
        found for text in files for found in re.findall(r'^down_revision = "(\w+)"', text, re.MULTILINE)
    }
    (newest,) = own - below
    return newest


def _log(settings: Settings) -> None:
    """Logs say what happened to the forum, never who did it, from where, or what they wrote."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "huey", "werkzeug", "geventwebsocket", "flask-limiter"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
