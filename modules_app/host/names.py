"""Names of the host's files below the run folder, and of its own address."""

from __future__ import annotations

HEALTH_PATH = "/_host/health"
HEALTH_FILE = "host-health.json"
STATEMENT_KEY_FILE = "statement.key"


def socket_name(sequence: int) -> str:
    """Return the name of the socket that serves ``sequence``."""
    return f"host-{sequence}.sock"


def registry_name(sequence: int) -> str:
    """Return the name of the registry file of ``sequence``."""
    return f"registry-{sequence}.json"
