"""A plain SDK project: waiting for a service that is not ready yet."""
