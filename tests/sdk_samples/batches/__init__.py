"""A plain SDK project: many records through a window of children that slides."""
