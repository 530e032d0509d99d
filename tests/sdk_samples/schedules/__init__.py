"""A plain SDK project: a schedule made by the client."""
