"""Signing in and out, the language, one's own account."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, session, url_for

from forum.errors import NotFound
from forum.i18n import LOCALES, _
from forum.people import actions, passwords, queries
from forum.people.forms import FirstForm, PasswordForm, SignInForm
from forum.web import identity
from forum.web.forms import local
from forum.web.limits import by_address, by_name, limiter, writing
from forum.web.pages import page

bp = Blueprint("people", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("5/minute;30/hour", key_func=by_name, methods=["POST"])
@limiter.limit("20/minute", key_func=by_address, methods=["POST"])
def sign_in() -> Response:
    """Sign in by e-mail and password. A wrong name and a wrong password are answered alike and in the same time."""
    form = SignInForm(next=local(request.args.get("next")) or "")
    if form.sent():
        account = queries.find_account(form.email.data)
        right = passwords.verified(account.password if account else None, form.password.data)
        if right and account is not None:
            return _enter(actions.begin_session(account), local(form.next.data))
        form.password.errors = [_("The e-mail address or the password is not right.")]
    return page("people/sign_in.html", 422 if form.wrong else 200, form=form)


def _enter(secret: str, target: str | None = None) -> Response:
    """Begin a session with a fresh cookie; only the chosen language lives on."""
    language = session.get("lang")
    session.clear()
    identity.sign_in(secret)
    if language:
        session["lang"] = language
    return redirect(target or url_for("home.start"), 303)  # type: ignore[return-value]


@bp.get("/sign-in/link/<secret>")
def link(secret: str) -> Response:
    """A page with one button: opening it signs nobody in and uses nothing up (mail scanners open links)."""
    found = queries.get_link(secret)
    return page("people/link.html", name=found.account.name, secret=secret)


@bp.post("/sign-in/link/<secret>")
@limiter.limit("20/minute", key_func=by_address)
def use_link(secret: str) -> Response:
    """Sign in; the link is used up."""
    return _enter(actions.use_link(secret)[1])


@bp.post("/sign-out")
def sign_out() -> Response:
    """End the session here and everywhere its cookie was copied to; nothing of it stays in the browser."""
    secret = identity.sign_out()
    if secret:
        actions.end_session(secret)
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language
    answer: Response = redirect(url_for("people.sign_in"), 303)  # type: ignore[assignment]
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.post("/language")
def language() -> Response:
    """Speak another language from now on."""
    chosen = request.form.get("lang", "")
    if chosen in LOCALES:
        session["lang"] = chosen
        actor = identity.find_actor()
        if actor is not None:
            actions.speak(actor.account_id, chosen)
    return redirect(local(request.form.get("next")) or url_for("home.start"), 303)  # type: ignore[return-value]


@bp.route("/account", methods=["GET", "POST"])
@writing
def account() -> Response:
    """One's own account: set a password, end all sessions."""
    actor = identity.actor()
    own = queries.get_account(actor.account_id)
    form = PasswordForm()
    if form.sent():
        with form.refusals():
            actions.set_password(own, form.password.data)
            session.clear()
            return _enter(
                actions.begin_session(queries.get_account(actor.account_id)),
                url_for("people.account", done=1),
            )
    return page(
        "people/account.html", 422 if form.wrong else 200, form=form, own=own, done="done" in request.args
    )


@bp.post("/account/sessions")
def end_sessions() -> Response:
    """Sign out everywhere."""
    actions.end_all_sessions(identity.actor().account_id)
    return sign_out()


@bp.route("/first/<secret>", methods=["GET", "POST"])
@limiter.limit("20/minute", key_func=by_address, methods=["POST"])
def first(secret: str) -> Response:
    """Make the first organiser of an empty forum, by the link that its start printed."""
    if not actions.first_secret_holds(secret):
        raise NotFound
    form = FirstForm()
    if form.sent():
        with form.refusals():
            account = actions.create_first(secret, form.email.data, form.name.data, form.password.data)
            return _enter(actions.begin_session(account))
    return page("people/first.html", 422 if form.wrong else 200, form=form)
