"""A plain SDK project: activities that are methods of one object."""
