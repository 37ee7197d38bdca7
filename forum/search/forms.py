"""The form of a search. It is sent by GET, so that a result can be returned to and passed on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import request
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from forum import clock
from forum.i18n import N_, gettext
from forum.search.queries import LONGEST
from forum.web.forms import Form

ORDERS = {"best": N_("Best first"), "newest": N_("Newest first")}


class SearchForm(Form):
    """What is looked for, and where."""

    q = StringField(N_("What do you look for?"), [Length(max=LONGEST)])
    event = SelectField(N_("Event"), [Optional()], validate_choice=False)
    room = SelectField(N_("Room"), [Optional()])
    person = SelectField(N_("Person"), [Optional()])
    phase = SelectField(N_("Phase"), [Optional()])
    since = DateField(N_("From"), [Optional()], name="from")
    until = DateField(N_("Until"), [Optional()], name="to")
    order = HiddenField(default="best")

    def __init__(self, **more: Any) -> None:
        super().__init__(formdata=request.args, **more)

    def validate_until(self, field: DateField) -> None:
        """The first day cannot come after the last."""
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(gettext("The last day lies before the first."))

    @property
    def first(self) -> datetime | None:
        """The moment from which on posts are wanted."""
        return clock.start_of(self.since.data) if self.since.data else None

    @property
    def last(self) -> datetime | None:
        """The moment from which on none is wanted any more."""
        return clock.start_of(self.until.data + timedelta(days=1)) if self.until.data else None

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set."""
        chosen = (self.room, self.person, self.phase, self.since, self.until)
        return any(field.data for field in chosen)
