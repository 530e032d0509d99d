"""A plain SDK project: children that are waited for, and one that outlives its parent."""
