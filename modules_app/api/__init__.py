"""The REST interface: the same services and records as pages and commands (design 5)."""
