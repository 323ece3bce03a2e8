"""Reads for pages, commands and the host. Nothing here writes."""
