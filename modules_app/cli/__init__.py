"""The verbs of `manage.py module`: parsing, asking, following, printing (design 7)."""
