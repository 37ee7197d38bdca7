"""Forms of moderation."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from forum.discussion.reasons import REASONS
from forum.i18n import N_
from forum.web.forms import Form, choices


class HidingForm(Form):
    """Why a post is hidden."""

    reason = RadioField(N_("Reason"), choices=choices(REASONS.items()), validate_choice=False)
    note = TextAreaField(N_("Note for the moderation (only moderators read it)"))


class ThreadForm(Form):
    """A topic's title and room."""

    title = StringField(N_("Title of the topic"), [InputRequired()])
    room = SelectField(N_("Room"), validate_choice=False)
