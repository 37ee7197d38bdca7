"""The mails of this part: a sign-in link. The secret is made when the mail is, so no row ever holds it."""

from __future__ import annotations

import secrets
import smtplib
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from forum import clock, mail
from forum.changes import LinkWanted
from forum.db import db, transaction
from forum.i18n import _, speaking
from forum.jobs import job
from forum.keys import fingerprint
from forum.people.models import SignInLink

ATTEMPTS = 5


@job
def mail_link(link_id: str) -> None:
    """Send a sign-in link, unless it was sent."""
    link = db.session.get(SignInLink, link_id)
    if link is None or link.mailed_at is not None or link.mail_attempts >= ATTEMPTS:
        return
    settings = current_app.config["SETTINGS"]
    secret = secrets.token_urlsafe(24)
    with speaking(link.account.locale):
        message = mail.compose(
            link.account.email,
            _("Your sign-in link"),
            _(
                "Hello %(name)s,\n\nwith this link you can sign in to the forum once, within 7 days:\n\n%(link)s\n\n"
                "Opening it uses nothing up: only the button on the page signs you in.\n"
                "If you did not expect this message, please ignore it.",
                name=link.account.name,
                link=f"{settings.base_url}/sign-in/link/{secret}",
            ),
            settings,
        )
    with transaction():
        link.secret, link.mail_attempts = fingerprint(secret), link.mail_attempts + 1
    try:
        mail.deliver(message, settings)
    except (OSError, smtplib.SMTPException):
        return  # the sweep tries again
    with transaction():
        link.mailed_at = clock.now()


def link_wanted(change: LinkWanted) -> None:
    """Have the link sent soon."""
    mail_link(change.link_id)


def sweep() -> None:
    """Send what a lost queue forgot."""
    waiting = sa.select(SignInLink.id).where(
        SignInLink.mail_wanted.is_(True),
        SignInLink.mailed_at.is_(None),
        SignInLink.mail_attempts < ATTEMPTS,
        SignInLink.expires_at > clock.now() + timedelta(days=1),
    )
    for link_id in db.session.scalars(waiting).all():
        mail_link(link_id)
