"""What all pages and the API share: who asks, in which language, and how the forum answers."""
