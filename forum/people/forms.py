"""Forms of sign-in."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from forum.i18n import N_
from forum.web.forms import Form

NEEDED = N_("Please fill this in.")


class SignInForm(Form):
    """E-mail and password."""

    email = StringField(N_("E-mail address"), [InputRequired(NEEDED), Length(max=254)])
    password = PasswordField(N_("Password"), [InputRequired(NEEDED)])
    next = HiddenField()


class PasswordForm(Form):
    """A new password."""

    password = PasswordField(N_("New password"), [InputRequired(NEEDED)])


class FirstForm(Form):
    """The first organiser of an empty forum."""

    name = StringField(N_("Name"), [InputRequired(NEEDED)])
    email = StringField(N_("E-mail address"), [InputRequired(NEEDED)])
    password = PasswordField(N_("Password"), [InputRequired(NEEDED)])
