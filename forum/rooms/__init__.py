"""Events, their theme rooms and members, and the phases that decide what is possible when."""
