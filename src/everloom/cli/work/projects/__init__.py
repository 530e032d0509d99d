"""Commands of projects: what they do. Imported only when one of them is called."""
