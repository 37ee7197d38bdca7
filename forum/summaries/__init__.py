"""Documentations of rooms: sections that cite posts, and the documents made from them."""
