"""Sends mails by SMTP, or writes them to the outbox folder where no mail server is set."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

from forum.config import Settings
from forum.db import new_id

TIMEOUT = 20


def compose(to: str, subject: str, body: str, settings: Settings) -> EmailMessage:
    """A plain text mail. The subject must tell nothing (safety: no room, no words, no person)."""
    message = EmailMessage(policy=SMTP)
    host = urlsplit(settings.base_url).hostname or "localhost"
    message["From"] = sender(settings)
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{new_id()}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="quoted-printable")
    return message


def sender(settings: Settings) -> str:
    """The address mails come from: the mail account's own, else one of the forum's host."""
    user = unquote(urlsplit(settings.mail_url or "").username or "")
    if "@" in user:
        return user
    return f"forum@{urlsplit(settings.base_url).hostname or 'localhost'}"


def deliver(message: EmailMessage, settings: Settings) -> None:
    """Hand the mail over. Raises ``OSError`` or ``smtplib.SMTPException`` where that fails."""
    if settings.mail_url is None:
        _write(message, settings.instance / "outbox")
        return
    parts = urlsplit(settings.mail_url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
    with server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _write(message: EmailMessage, outbox: Path) -> None:
    outbox.mkdir(mode=0o700, exist_ok=True)
    (outbox / f"{new_id()}.eml").write_bytes(message.as_bytes())
