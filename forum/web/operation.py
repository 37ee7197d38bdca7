"""For who runs the forum: whether the process lives and whether it can work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from forum import db

bp = Blueprint("operation", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
def readyz() -> Response:
    """503 while the database does not answer; without Redis it goes on, and says so."""
    if not db.alive():
        answer = jsonify({"status": "unavailable"})
        answer.status_code = 503
        answer.headers["Retry-After"] = "5"
        return answer
    degraded = [] if _redis_answers() else ["redis"]
    return jsonify({"status": "ok", **({"degraded": degraded} if degraded else {})})


def _redis_answers() -> bool:
    settings = current_app.config["SETTINGS"]
    if settings.redis_url is None:
        return True
    from forum.jobs import queue_answers

    return queue_answers()
