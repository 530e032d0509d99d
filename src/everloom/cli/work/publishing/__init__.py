"""Commands of drafts and versions: what they do. Imported only when one of them is called."""
