"""A plain SDK project: signals, queries and updates."""
