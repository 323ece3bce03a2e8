"""Runs commands as a script does: real processes, exit codes, one JSON document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Shell:
    """Runs `manage.py` against a data folder of its own."""

    folder: Path

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web",
                "PBX_DATA_DIR": str(self.folder / "var"),
                "PBX_LOG_LEVEL": "ERROR",
                **env,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def module(self, *words: str, code: int = 0, **env: str) -> str:
        done = self.run("module", *words, **env)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.module(*words, "--json", code=code))

    def package(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)
