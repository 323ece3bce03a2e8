"""Telephone records over REST: the same services and records as pages and commands (design 5)."""
