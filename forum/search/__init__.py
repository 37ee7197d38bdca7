"""Searching what one may read: posts and titles, in the transaction in which they appear and vanish."""
