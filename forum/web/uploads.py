"""Which forms take files, and how much a request may bring there; everywhere else 64 KB hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.datastructures import FileStorage

from forum.web import identity

LARGEST = 33 * 1024 * 1024
"""Four files of 8 MB, and the words beside them."""
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Let a page's form bring files. Put it above all other decorators."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def init(app: Flask) -> None:
    """Allow more to come in where a form takes files; before anything reads the form, and to nobody but who is signed in."""

    @app.before_request
    def allow() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if (
            getattr(view, "takes_files", False)
            and request.method == "POST"
            and request.mimetype == "multipart/form-data"
            and identity.find_actor() is not None
        ):
            request.max_content_length = LARGEST


def sent(name: str) -> list[FileStorage]:
    """The files that came in this field. A field that was left empty brings none."""
    return [file for file in request.files.getlist(name) if file.filename]
