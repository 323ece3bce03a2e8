"""Style sheets and scripts of a module."""

from __future__ import annotations

from modules_app.domain.core_pages import CORE_PAGES, OWN
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.records import inside

PUBLIC = {"mikopbx": "public/assets", "freepbx": "assets"}


class Assets:
    """The files as `ConfigClass.on_after_assets_prepared` adds them.

    They lie below ``public/assets/`` (``assets/`` in a FreePBX module).
    """

    def __init__(self, facts: ModuleFacts) -> None:
        self.added: list[dict[str, str]] = []
        self._facts = facts

    def add_css(self, path: str, *, page: str = OWN) -> None:
        """Add a style sheet to the module's own pages, or to one page of PBX Admin by its name."""
        self._add("css", path, page)

    def add_js(self, path: str, *, page: str = OWN) -> None:
        """Add a script; a page of PBX Admin takes it only if an administrator granted it."""
        self._add("js", path, page)

    def _add(self, kind: str, path: str, page: str) -> None:
        if page != OWN and page not in CORE_PAGES:
            raise ValueError(f"{page!r} is none of the pages {', '.join(CORE_PAGES)}.")
        clean = inside(path)
        public = PUBLIC.get(self._facts.contract, "public/assets")
        if not clean.endswith(f".{kind}") or not (self._facts.code / public / clean).is_file():
            raise ValueError(f"{path!r} is no .{kind} file below {public}/.")
        self.added.append({"page": page, "kind": kind, "path": clean})
