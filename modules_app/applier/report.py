"""What a program said when it tested or took new files."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from modules_app.exceptions import gettext_noop as _

OUTPUT_CHARACTERS = 16_000
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MISSING = _("{program} is not installed here.")


@dataclass(frozen=True, slots=True)
class Report:
    """How it went: ``skipped`` is an English sentence when nothing could be done here.

    ``output`` is what the program printed, ``context`` fills the sentence.
    """

    ok: bool
    output: str = ""
    skipped: str = ""
    context: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return what is sent over the socket."""
        return asdict(self)


def run_program(*arguments: str, seconds: float = 20.0, folder: Path | None = None) -> Report:
    """Run one program of ours with fixed arguments; no shell, no input, an empty environment.

    ``folder`` is where it runs.

    A program that is missing is no fault of the files: the report says so and is ``ok``.
    """
    program = shutil.which(arguments[0], path=PATH)
    if program is None:
        return Report(ok=True, skipped=MISSING, context={"program": arguments[0]})
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are written down in `programs`
            [program, *arguments[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": PATH, "LC_ALL": "C.UTF-8"},
            timeout=seconds,
            cwd=folder,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Report(ok=False, output=f"{arguments[0]} did not end within {seconds:.0f} seconds")
    except OSError as error:
        return Report(ok=False, output=f"{arguments[0]}: {error}")
    text = done.stdout.decode("utf-8", "replace")
    return Report(ok=done.returncode == 0, output=text[-OUTPUT_CHARACTERS:])
