"""The headers of every answer: nothing from other hosts, nothing kept, nothing told to others."""

from __future__ import annotations

from flask import Flask, Response, g, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "microphone=(), midi=(), payment=(), usb=(), browsing-topics=()",
}


def init(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer, errors too."""

    @app.after_request
    def add(answer: Response) -> Response:
        for name, value in FIXED.items():
            answer.headers.setdefault(name, value)
        if https:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        if not g.get("static"):
            answer.headers["Cache-Control"] = "no-store"
            answer.vary.update(("Cookie", "Accept-Language"))
        if answer.status_code == 405 and "Allow" not in answer.headers and request.url_rule is None:
            adapter = app.url_map.bind("")
            answer.headers["Allow"] = ", ".join(sorted(adapter.allowed_methods(request.path)))
        return answer
