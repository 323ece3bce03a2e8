"""Names of the host's files below the run folder."""

from __future__ import annotations

HEALTH_FILE = "host-health.json"
STATEMENT_KEY_FILE = "statement.key"


def socket_name(sequence: int) -> str:
    """Return the name of the socket that serves ``sequence``."""
    return f"host-{sequence}.sock"


def registry_name(sequence: int) -> str:
    """Return the name of the registry file of ``sequence``."""
    return f"registry-{sequence}.json"
