"""How one history is held against the code: what is asked, where it parts, and why."""
