"""The way from web to the host: what goes over, what comes back, for how long (design 3)."""
