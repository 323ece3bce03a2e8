"""``self.pbx.dialplan``: what `do_dialplan_hook` and `get_config` do to the dialplan (F9.4)."""

from __future__ import annotations

from modules_app.domain.dialplan_edits import MOST_EDITS, Edit, EditKind, read_edit


class Dialplan:
    """Records edits; PBX Admin carries them out when it writes extensions.conf.

    ``application`` is one step as it stands in the file: ``Playback(hello-world)``. Every method
    raises `ValueError` for what cannot stand there. An edit that finds no place, because there is
    no such extension, is left out and named as the module's fault on the page of the files.
    """

    def __init__(self) -> None:
        self._edits: list[Edit] = []

    def add(self, context: str, exten: str, application: str, *, label: str = "") -> None:
        """Add a step to the end of an extension; context and extension are made where missing."""
        self._record(Edit(EditKind.ADD, context, exten, application, label=label))

    def splice(
        self, context: str, exten: str, at: int | str, application: str, *, label: str = ""
    ) -> None:
        """Put a step before the one with the number or label ``at``; numbers count from 1."""
        self._record(Edit(EditKind.SPLICE, context, exten, application, str(at), label))

    def add_include(self, context: str, included: str) -> None:
        """Let a context include another one."""
        self._record(Edit(EditKind.INCLUDE, context, value=included))

    def add_global(self, name: str, value: str) -> None:
        """Set a global variable."""
        self._record(Edit(EditKind.GLOBAL, "globals", name, str(value)))

    def take(self) -> list[Edit]:
        """Return what was recorded and forget it; PBX Admin calls it after each generator."""
        taken, self._edits = self._edits, []
        return taken

    def _record(self, edit: Edit) -> None:
        if len(self._edits) >= MOST_EDITS:
            raise ValueError(f"a module may make at most {MOST_EDITS} edits of the dialplan")
        self._edits.append(read_edit(edit.as_dict()))
