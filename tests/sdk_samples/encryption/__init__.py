"""A plain SDK project: its own codec encrypts what it sends."""
