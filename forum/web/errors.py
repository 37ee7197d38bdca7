"""The domain's refusals and HTTP's, turned into answers: problem details for programs, a page for people."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, json, make_response, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from forum import errors
from forum.db import db
from forum.i18n import N_, _
from forum.web import identity
from forum.web.pages import kept_text, page

log = logging.getLogger(__name__)

SENTENCES = {
    400: N_("The request could not be understood."),
    401: N_("Please sign in."),
    403: N_("You may not do this."),
    404: N_("There is nothing here, or nothing that you may see."),
    405: N_("This cannot be done here."),
    409: N_("This cannot be done in the present state."),
    412: N_("It was changed in the meantime."),
    413: N_("That was too much at once."),
    415: N_("This kind of content is not understood here."),
    422: N_("Something is not right yet."),
    428: N_("Say which version you have read (If-Match)."),
    429: N_("That was too often. Please wait a little."),
    500: N_("Something went wrong on our side."),
    503: N_("The forum is busy for a moment. Please try again."),
}


def problem(status: int, detail: str | None = None, *, kind: str = "about:blank", **more: Any) -> Response:
    """A problem details answer (RFC 9457)."""
    body = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _(SENTENCES.get(status, SENTENCES[500])),
        **more,
    }
    answer = make_response(
        json.dumps(body).encode("utf-8", "replace"), status
    )  # fields may be named anything
    answer.content_type = "application/problem+json"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def for_programs() -> bool:
    """Whether a program asks (the API), or a person's browser."""
    return request.path.startswith("/api/")


def answer(status: int, detail: str | None = None, **more: Any) -> Response:
    """The answer to a refusal. Of what a person typed nothing is lost: the page gives it back."""
    if for_programs():
        return problem(status, detail, **more)
    return page(
        "error.html",
        status,
        code=status,
        sentence=_(SENTENCES.get(status, SENTENCES[500])),
        detail=detail,
        kept=kept_text() if request.method == "POST" else [],
    )


def init(app: Flask) -> None:
    """Hear every refusal."""
    handle = app.register_error_handler
    handle(errors.NotFound, lambda error: answer(404))
    handle(errors.Forbidden, lambda error: answer(403, error.message or None))
    handle(errors.Conflict, lambda error: answer(409, error.message))
    handle(errors.Stale, lambda error: answer(412, version=error.version) if for_programs() else answer(412))
    handle(errors.Refused, _refused)
    handle(errors.TooSoon, _too_soon)
    handle(identity.SignInNeeded, _sign_in)
    handle(
        CSRFError,
        lambda error: answer(
            400 if not for_programs() else 403,
            _("The page was too old, or cookies are blocked. Please send it again."),
        ),
    )
    handle(HTTPException, _http)
    handle(sa.exc.DataError, _unstorable)
    handle(sa.exc.OperationalError, _database)
    handle(sa.exc.TimeoutError, _database)
    handle(Exception, _crash)


def _refused(error: errors.Refused) -> Response:
    if not for_programs():
        return answer(422, error.message)
    pointer = f"/{error.field}" if error.field else ""
    return problem(
        422, error.message, rule=error.rule, errors=[{"pointer": pointer, "detail": error.message}]
    )


def _too_soon(error: errors.TooSoon) -> Response:
    made = answer(429, error.message)
    made.headers["Retry-After"] = str(error.seconds)
    return made


def _sign_in(error: identity.SignInNeeded) -> Any:
    if for_programs():
        return problem(401)
    if request.method == "GET":
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), 303)
    return answer(
        401, _("Your session has ended. Sign in again in another window, then send this once more.")
    )


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    if for_programs():
        data: Any = getattr(error, "data", None)
        messages = data.get("messages") if isinstance(data, dict) else None
        made = problem(status, errors=list(_pointers(messages))) if messages else problem(status)
    else:
        made = answer(status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            made.headers[name] = value
    if status == 429:
        made.headers.setdefault("Retry-After", "60")
    return made


def _pointers(messages: Any, pointer: str = "") -> Any:
    """The validation's nested messages as JSON pointers; where they lie (``json``, ``query``) is left away."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            step = "" if not pointer and name in ("json", "query", "headers", "_schema") else f"/{name}"
            yield from _pointers(below, pointer + step)
    elif isinstance(messages, list):
        for message in messages:
            yield {"pointer": pointer, "detail": str(message)}


def _unstorable(error: Exception) -> Response:
    """A text that the database cannot hold or compare, such as a NUL."""
    db.session.rollback()
    return answer(422)


def _database(error: Exception) -> Response:
    db.session.rollback()
    log.error("The database did not answer: %s", type(error).__name__)
    made = answer_plainly(503)
    made.headers["Retry-After"] = "5"
    return made


def _crash(error: Exception) -> Response:
    db.session.rollback()
    log.exception("Unexpected error in %s", request.endpoint)
    return answer_plainly(500)


def answer_plainly(status: int) -> Response:
    """An answer that needs no database."""
    identity.forget()
    return answer(status)
