"""What every part of the JSON API shares: OpenAPI made from the code, problems, pages of lists, versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Flask, Request, Response, current_app, jsonify, request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields, validate
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, PreconditionRequired, UnsupportedMediaType

from forum.errors import Refused, Stale
from forum.i18n import _
from forum.web import identity

PREFIX = "/api/v1"
T = TypeVar("T")
parts: list[Blueprint] = []
"""The blueprints of the API; each capability adds its own, the factory registers them."""


class _Json(FlaskParser):
    """Bodies are JSON and nothing else: other media types are told so (415), what no parser bears is malformed (400)."""

    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json and req.get_data(cache=True):
            raise UnsupportedMediaType
        try:
            return super()._raw_load_json(req)
        except (ValueError, RecursionError):
            raise BadRequest from None


class Part(Blueprint):
    """A blueprint of the API."""

    ARGUMENTS_PARSER = _Json()


def part(name: str) -> Blueprint:
    """A blueprint of the API whose every call needs an identity, asked for before anything else is looked at."""
    made = Part(f"api_{name}", __name__, url_prefix=PREFIX, description=f"{name.capitalize()} of the forum")
    made.before_request(_identify)
    return made


def _identify() -> None:
    identity.actor()


def init(app: Flask, blueprints: Sequence[Blueprint]) -> None:
    """Put the API under ``/api/v1``, with its OpenAPI document."""
    app.config.update(
        API_TITLE="Reflexionsforum",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "session"},
                }
            },
            "security": [{"token": []}, {"session": []}],
        },
    )
    api = _Api(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)


class _Api(Api):
    """The API without its own error pages: ``web/errors.py`` answers for all."""

    def _register_error_handlers(self) -> None:
        """Leave errors to the forum's own handlers."""


class Strict(Schema):
    """Input: unknown fields are refused."""

    class Meta:
        unknown = "raise"


class Problem(Schema):
    """An error (RFC 9457)."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.List(fields.Dict())


class Paging(Strict):
    """Which part of a list."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))
    after = fields.String(load_default=None)


def items(found: Sequence[Any], next_cursor: str | None) -> Response:
    """A page of a list."""
    return jsonify({"items": list(found), "next": next_cursor})


def cut(
    rows: Sequence[T], limit: int, after: str | None, key: Callable[[T], str]
) -> tuple[list[T], str | None]:
    """The page of a short list that was loaded whole, and the cursor of the next one."""
    start = 0
    if after is not None:
        keys = [key(row) for row in rows]
        if after not in keys:
            raise Refused("list.after", _("This cursor does not belong to this list."), "after")
        start = keys.index(after) + 1
    part_ = list(rows[start : start + limit])
    return part_, key(part_[-1]) if start + limit < len(rows) else None


def version_read() -> int:
    """The version in ``If-Match``; raises 428 where it is missing, ``Stale`` where it can never match."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    text = header.strip().removeprefix("W/").strip('"')
    if not text.isdecimal() or len(text) > 9:
        raise Stale(0)
    return int(text)


def setting(name: str) -> Any:
    """A setting of the operator."""
    return getattr(current_app.config["SETTINGS"], name)
