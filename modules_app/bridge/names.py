"""Names of the host's files below the run folder, and of its own address."""

from __future__ import annotations

from pathlib import Path

HEALTH_PATH = "/_host/health"
HEALTH_FILE = "host-health.json"
HOOKS_PATH = "/_hooks/"
COLLECT = "collect"
"""Instead of a hook's name: an answer that the operator will store, see `host.stored`."""

SOCKETS = "host-*.sock"
REGISTRIES = "registry-*.json"


def socket_name(sequence: int) -> str:
    """Return the name of the socket that serves ``sequence``."""
    return f"host-{sequence}.sock"


def sequence_of(socket: Path) -> int:
    """Return the sequence that a socket of the host serves, -1 for a file of another kind."""
    number = socket.stem.removeprefix("host-")
    return int(number) if number.isdigit() else -1


def registry_name(sequence: int) -> str:
    """Return the name of the registry file of ``sequence``."""
    return f"registry-{sequence}.json"


def registry_sequence(path: Path) -> int:
    """Return the sequence of a registry file, -1 for a file of another kind."""
    number = path.stem.removeprefix("registry-")
    return int(number) if number.isdigit() else -1
