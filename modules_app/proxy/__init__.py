"""The way from web to the host and back: what goes over, what comes back, for how long (design 3)."""
