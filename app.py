"""Starts the forum: ``python app.py [--host 127.0.0.1] [--port 5000] [--demo]``.

Imported (``flask --app app``, ``gunicorn app:app``) it only makes the app, with no side effects.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and sys.platform != "win32":
    from gevent import monkey

    monkey.patch_all()

from forum.serving import main  # green threads have to be in place before anything else is imported

if __name__ == "__main__":
    main(sys.argv[1:])
else:
    from forum.config import WrongSetting
    from forum.factory import create_app, migrations

    try:
        app = migrations(create_app())
    except WrongSetting as wrong:
        raise SystemExit(str(wrong)) from None
