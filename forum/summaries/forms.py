"""Forms of the facilitator."""

from __future__ import annotations

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from forum.i18n import N_
from forum.rooms.forms import Boxes
from forum.rooms.phases import PHASE_NAMES, WRITING
from forum.web.forms import Form, choices


class SummaryForm(Form):
    """A new summary."""

    title = StringField(N_("Title of the documentation"), [InputRequired(N_("Please fill this in."))])
    rooms = Boxes(N_("Rooms"), validate_choice=False)
    phase = RadioField(
        N_("What was written"),
        choices=choices(
            [("", N_("In all phases")), *((phase.value, PHASE_NAMES[phase]) for phase in WRITING)]
        ),
        default="",
        validate_choice=False,
    )
