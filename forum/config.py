"""Settings, read once from the environment (or ``.env``) and checked before anything starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class WrongSetting(Exception):
    """A setting cannot be used; the message is one line that names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator decided. Every field but the last two is a ``FORUM_…`` variable of ``docs/running.md``."""

    instance: Path
    secret_key: str
    database_url: str
    redis_url: str | None
    base_url: str
    mail_url: str | None
    log_level: str
    rate_limits: bool
    proxies: int

    @property
    def https(self) -> bool:
        """Whether browsers reach the forum encrypted: cookies and headers follow."""
        return self.base_url.startswith("https://")

    @property
    def sqlite(self) -> bool:
        """Whether the database is the file in the instance folder."""
        return self.database_url.startswith("sqlite")


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings; makes the instance folder (0700) and the secret (0600) where they are missing.

    Raises ``WrongSetting`` with one line that names the setting and what it may be.
    """
    env = dict(_dotenv(Path(".env")))
    env.update(os.environ if environment is None else environment)
    instance = Path(env.get("FORUM_INSTANCE") or "instance").resolve()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(f"FORUM_INSTANCE: {instance} cannot be made: {error.strerror}.") from None
    if not os.access(instance, os.W_OK):
        raise WrongSetting(f"FORUM_INSTANCE: {instance} cannot be written to.")
    return Settings(
        instance=instance,
        secret_key=(env.get("FORUM_SECRET_KEY") and _secret(env["FORUM_SECRET_KEY"]))
        or _kept_secret(instance),
        database_url=_database(env.get("FORUM_DATABASE_URL"), instance),
        redis_url=_url(env, "FORUM_REDIS_URL", ("redis", "rediss", "unix")),
        base_url=_base(env),
        mail_url=_url(env, "FORUM_MAIL_URL", ("smtp", "smtps")),
        log_level=_choice(env, "FORUM_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        rate_limits=_choice(env, "FORUM_RATE_LIMITS", "ON", ("ON", "OFF")) == "ON",
        proxies=_number(env, "FORUM_PROXIES", 0, 5),
    )


def _dotenv(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    pairs = {}
    for number, raw in enumerate(file.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, found, value = line.partition("=")
        if not found:
            raise WrongSetting(f".env line {number}: write NAME=VALUE.")
        pairs[name.strip()] = value.strip().strip("\"'")
    return pairs


def _secret(value: str) -> str:
    if len(value) < 32:
        raise WrongSetting("FORUM_SECRET_KEY: at least 32 characters, or unset so that one is made.")
    return value


def _kept_secret(instance: Path) -> str:
    """The secret of this instance, made at the first start, readable by its owner alone."""
    file = instance / "secret"
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise WrongSetting(
                f"FORUM_INSTANCE: {file} may be read by others; set its mode to 0600."
            ) from None
        return file.read_text("ascii").strip()
    with os.fdopen(descriptor, "w") as new:
        new.write(value := secrets.token_urlsafe(48))
    return value


def _database(value: str | None, instance: Path) -> str:
    if not value:
        return f"sqlite:///{instance / 'forum.db'}"
    for short in ("postgres://", "postgresql://"):
        if value.startswith(short):
            value = "postgresql+psycopg://" + value.removeprefix(short)
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise WrongSetting("FORUM_DATABASE_URL: write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.")
    return value


def _url(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = env.get(name) or None
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in schemes or not (parts.hostname or parts.path):
        raise WrongSetting(f"{name}: write {' or '.join(scheme + '://…' for scheme in schemes)}.")
    return value


def _base(env: Mapping[str, str]) -> str:
    value = (env.get("FORUM_BASE_URL") or "http://127.0.0.1:5000").rstrip("/")
    parts = urlsplit(value)
    if (
        "*" in value
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path
        or parts.query
    ):
        raise WrongSetting(
            "FORUM_BASE_URL: the address people type, such as https://forum.example, without a path."
        )
    return value


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = (env.get(name) or default).upper()
    if value not in choices:
        raise WrongSetting(f"{name}: one of {', '.join(choice.lower() for choice in choices)}.")
    return value


def _number(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = env.get(name) or str(default)
    if not value.isdecimal() or int(value) > most:
        raise WrongSetting(f"{name}: a number from 0 to {most}.")
    return int(value)
