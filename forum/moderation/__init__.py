"""What moderators do, each time with a reason that can be told."""
