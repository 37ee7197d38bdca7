"""Accounts, and the ways in: password, sign-in link, session, access token."""
