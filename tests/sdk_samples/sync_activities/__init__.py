"""A plain SDK project: activities that are plain functions."""
