"""The reasons a moderator or a report may give, in the words of the contract. Pure."""

from forum.i18n import N_

REASONS = {
    "person_at_risk": N_("A person could be put at risk"),
    "personal_data": N_("It contains personal data"),
    "abuse": N_("It is hostile or hurts people"),
    "off_topic": N_("It does not belong to the topic"),
    "spam": N_("It is advertising"),
    "other": N_("Another reason"),
}
