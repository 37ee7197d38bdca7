"""Threads, posts, reactions, and what a viewer is shown of them."""
