"""Settings: each wrong one ends the start with one line that names it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from forum import config

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Read settings from an environment of one's own."""
    monkeypatch.chdir(tmp_path)
    return lambda **given: config.read({"FORUM_INSTANCE": str(tmp_path / "instance"), **given})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FORUM_SECRET_KEY", "kurz"),
        ("FORUM_DATABASE_URL", "mysql://root@localhost/forum"),
        ("FORUM_DATABASE_URL", "forum.db"),
        ("FORUM_REDIS_URL", "http://localhost:6379"),
        ("FORUM_REDIS_URL", "localhost"),
        ("FORUM_MAIL_URL", "mail.example"),
        ("FORUM_MAIL_URL", "imap://mail.example"),
        ("FORUM_BASE_URL", "forum.example"),
        ("FORUM_BASE_URL", "https://forum.example/forum"),
        ("FORUM_BASE_URL", "https://*.example"),
        ("FORUM_BASE_URL", "*"),
        ("FORUM_LOG_LEVEL", "LOUD"),
        ("FORUM_RATE_LIMITS", "maybe"),
        ("FORUM_PROXIES", "-1"),
        ("FORUM_PROXIES", "9"),
        ("FORUM_PROXIES", "many"),
        ("FORUM_INSTANCE", "/proc/nowhere"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(read, name: str, value: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(config.WrongSetting) as wrong:
        read(**{name: value})
    assert str(wrong.value).startswith(f"{name}: ")
    assert "\n" not in str(wrong.value)


def test_no_secret_is_told_by_a_refusal(read) -> None:  # type: ignore[no-untyped-def]
    for name in ("FORUM_SECRET_KEY", "FORUM_MAIL_URL", "FORUM_REDIS_URL", "FORUM_DATABASE_URL"):
        with pytest.raises(config.WrongSetting) as wrong:
            read(**{name: "x://ada:geheim@h"})
        assert "geheim" not in str(wrong.value)


def test_without_settings_there_are_good_ones(read, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings = read()
    assert settings.database_url == f"sqlite:///{tmp_path / 'instance' / 'forum.db'}"
    assert (settings.redis_url, settings.mail_url, settings.rate_limits, settings.https) == (
        None,
        None,
        True,
        False,
    )
    assert len(settings.secret_key) >= 43
    assert read().secret_key == settings.secret_key, "the secret stays"
    secret = tmp_path / "instance" / "secret"
    assert (secret.stat().st_mode & 0o777, secret.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    secret.chmod(0o644)
    with pytest.raises(config.WrongSetting, match="FORUM_INSTANCE"):
        read()


def test_what_is_written_otherwise_is_understood(read) -> None:  # type: ignore[no-untyped-def]
    assert read(FORUM_DATABASE_URL="postgres://a@h/n").database_url == "postgresql+psycopg://a@h/n"
    assert read(FORUM_BASE_URL="https://forum.example/").base_url == "https://forum.example"
    assert read(FORUM_RATE_LIMITS="off").rate_limits is False
    assert read(FORUM_LOG_LEVEL="debug").log_level == "DEBUG"


def test_the_env_file_is_read_and_the_environment_wins(read, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / ".env").write_text(
        "# Einstellungen\n\nFORUM_BASE_URL='https://a.example'\nFORUM_LOG_LEVEL=ERROR\n"
    )
    settings = read(FORUM_LOG_LEVEL="WARNING")
    assert (settings.base_url, settings.log_level) == ("https://a.example", "WARNING")
    (tmp_path / ".env").write_text("FORUM_BASE_URL\n")
    with pytest.raises(config.WrongSetting, match="line 1"):
        read()


def test_a_wrong_setting_ends_the_start(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "FORUM_INSTANCE": str(tmp_path), "FORUM_BASE_URL": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("FORUM_BASE_URL: ")
    assert run.stderr.count("\n") == 1
