"""Mail platform: a whole application on Everloom. So far: the product import."""
