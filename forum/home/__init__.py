"""The start page, the event's page, and help."""
