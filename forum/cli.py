"""Commands for who runs the forum (``flask …``)."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from forum import clock, demo, jobs
from forum.db import alive
from forum.errors import NotFound, Refused
from forum.people import actions as people
from forum.people import queries as accounts
from forum.permissions import Group, Role
from forum.rooms import actions as rooms
from forum.rooms import template
from forum.rooms.models import Event


def init(app: Flask) -> None:
    """Add the commands."""
    for command in (demo_command, doctor, worker, user, event, member, token, search):
        app.cli.add_command(command)


def _refused(error: Refused | NotFound) -> click.ClickException:
    return click.ClickException(error.message if isinstance(error, Refused) else "There is no such thing.")


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def demo_command(as_json: bool) -> None:
    """Make the demo event, or give fresh links and tokens for the one that is there."""
    with_links = demo.make(current_app.config["SETTINGS"].base_url)
    if as_json:
        click.echo(json.dumps(with_links, ensure_ascii=False))
    else:
        demo.tell(with_links)


user, event, member, token = (
    AppGroup("user", help="Accounts."),
    AppGroup("event", help="Events."),
    AppGroup("member", help="Members of events."),
    AppGroup("token", help="Access tokens."),
)


@user.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@click.option("--organiser", is_flag=True, help="May make events.")
def create_user(email: str, name: str, password_stdin: bool, organiser: bool) -> None:
    """Make an account; prints its id."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    try:
        click.echo(people.create_account(email, name, password=password, organises=organiser).id)
    except Refused as refusal:
        raise _refused(refusal) from None


@user.command("link")
@click.argument("email")
def create_link(email: str) -> None:
    """Make a sign-in link, for somebody who is locked out; prints it and nothing else. It works once, for 7 days."""
    account = accounts.find_account(email)
    if account is None:
        raise click.ClickException(f"There is no account {email}.")
    click.echo(f"{current_app.config['SETTINGS'].base_url}/sign-in/link/{people.create_link(account)}")


@event.command("create")
@click.option("--title", required=True)
@click.option(
    "--starts", required=True, help="2026-12-03T10:00, in the forum's zone unless another is given."
)
@click.option("--ends", required=True)
@click.option("--organiser", default=None, help="E-mail address of the account that organises it.")
def create_event(title: str, starts: str, ends: str, organiser: str | None) -> None:
    """Make an event with the rooms of the template; prints its id."""
    account = accounts.find_account(organiser) if organiser else None
    if organiser and account is None:
        raise click.ClickException(f"There is no account {organiser}.")
    try:
        plan = rooms.EventPlan(
            title={"de": title}, welcome={}, starts_at=_moment(starts), ends_at=_moment(ends)
        )
        click.echo(rooms.found_event(account, plan, template.rooms()).id)
    except Refused as refusal:
        raise _refused(refusal) from None


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise click.ClickException(f"{said} is no date and time; write 2026-12-03T10:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.ZONE)


@member.command("add")
@click.argument("event_id", metavar="EVENT")
@click.argument("email")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role])
)
@click.option("--group", required=True, type=click.Choice([group.value for group in Group]))
def add_member(event_id: str, email: str, roles: tuple[str, ...], group: str) -> None:
    """Make an account a member of an event; prints the member's id."""
    from forum.db import db

    account, found = accounts.find_account(email), db.session.get(Event, event_id)
    if found is None:
        raise click.ClickException(f"There is no event {event_id}.")
    if account is None:
        raise click.ClickException(f"There is no account {email}.")
    try:
        click.echo(rooms.set_member(found, account, {Role(role) for role in roles}, Group(group)).id)
    except Refused as refusal:
        raise _refused(refusal) from None


@token.command("create")
@click.argument("email")
def create_token(email: str) -> None:
    """Make a personal access token; prints it and nothing else."""
    account = accounts.find_account(email)
    if account is None:
        raise click.ClickException(f"There is no account {email}.")
    click.echo(people.create_token(account))


search = AppGroup("search", help="What can be found.")


@search.command("rebuild")
def rebuild_search() -> None:
    """Make anew all that the search finds; prints how many posts were looked at. The forum may run meanwhile."""
    from forum.search import index

    click.echo(index.rebuild())


@click.command("worker")
def worker() -> None:
    """Work off jobs, where Redis carries the queue."""
    if current_app.config["SETTINGS"].redis_url is None:
        raise click.ClickException(
            "FORUM_REDIS_URL is not set; the serving process works its jobs off itself."
        )
    jobs.work_off()


@click.command("doctor")
def doctor() -> None:
    """Check settings, database, Redis, mail, fonts and file rights: one line each, exit 1 on a fault."""
    faults = 0
    for what, fault in _checks():
        click.echo(f"{'ok   ' if fault is None else 'FAULT'} {what}{': ' + fault if fault else ''}")
        faults += fault is not None
    if faults:
        raise SystemExit(1)


def _checks() -> list[tuple[str, str | None]]:
    settings = current_app.config["SETTINGS"]
    return [
        ("settings", None),
        ("database", None if alive() else "it does not answer"),
        ("database is in its newest form", _behind()),
        (
            "Redis (not set)" if settings.redis_url is None else "Redis",
            None if jobs.queue_answers() else "it does not answer",
        ),
        (
            "mail (not set: mails go to the outbox folder)" if settings.mail_url is None else "mail",
            _mail_fault(settings.mail_url),
        ),
        ("fonts for documents", _font_fault()),
        ("rights of the instance folder", _rights_fault(settings.instance)),
        ("free space", _space_fault(settings.instance)),
    ]


def _behind() -> str | None:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from forum.db import db

    try:
        newest = ScriptDirectory.from_config(
            current_app.extensions["migrate"].migrate.get_config()
        ).get_current_head()
        present = MigrationContext.configure(db.session.connection()).get_current_revision()
    except Exception as error:
        return f"it cannot be asked ({type(error).__name__})"
    return None if newest == present else "migrations wait; starting the forum runs them"


def _mail_fault(url: str | None) -> str | None:
    import smtplib
    from urllib.parse import urlsplit

    if url is None:
        return None
    parts = urlsplit(url)
    try:
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        with kind(
            parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 25), timeout=5
        ) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return f"the mail server does not answer ({type(error).__name__})"
    return None


def _font_fault() -> str | None:
    fonts = Path(__file__).parent / "summaries" / "writers" / "assets" / "fonts"
    return None if any(fonts.glob("*.ttf")) else "the fonts that came with the forum are missing"


def _rights_fault(instance: Path) -> str | None:
    if os.name != "posix":
        return None
    open_ = [
        str(file.name)
        for file in (instance, instance / "secret", instance / "keys")
        if file.exists() and file.stat().st_mode & 0o007
    ]
    return f"others may read {', '.join(open_)}" if open_ else None


def _space_fault(instance: Path) -> str | None:
    import shutil

    free = shutil.disk_usage(instance).free
    return None if free > 200 * 1024 * 1024 else f"only {free // 1024 // 1024} MB are free"
