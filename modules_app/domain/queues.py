"""The table in which a module's jobs wait, as the SDK writes it and the core reads it."""

from __future__ import annotations

TABLE = "pbx_queue"
