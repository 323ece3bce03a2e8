"""Sounds and AGI scripts of modules: links, made of what their packages hold (M2.7, M3.4)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modules_app.applier import client, places
from modules_app.applier.links import LOST
from modules_app.applier.targets import link_text
from modules_app.domain.asterisk_files import SCRIPTS, SOUNDS, language_folder
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.asterisk_files import Bringer, bringers_of
from modules_app.surfaces.base import Block, Complaint, GeneratedFile, Rendering, Surface
from modules_app.surfaces.programs import told

ROOM = 3_000_000
"""Characters of all paths and targets of one surface, so that the applier can be told of them."""


class _LinkSurface(Surface):
    """A folder of links; whose name is taken, or cannot be one, is left out and blamed alone."""

    hooks = ()
    by_file = True

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Return the links of all modules in use; of two that want one name the first by id wins.

        ``left_out`` holds paths, ids, and folders that a language pack cannot have.
        """
        found = _Links(self.name, left_out)
        for bringer in bringers_of(self.name):
            if bringer.module_id not in left_out:
                found.add(bringer, list(self._wishes(bringer, found)))
        return Rendering(tuple(found.files.values()), tuple(found.complaints))

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Let the applier look whether each link leads to a file and its name is free."""
        report = client.check_links(self.name, rendering.links)
        lines = () if report.ok else report.output.splitlines()
        found = (self._complaint(rendering, *line.split(" ", 1)) for line in lines)
        return list({(one.owner, one.path): one for one in found}.values())

    def reload(self) -> None:
        """Say where no Asterisk reads them; one that does looks at each call."""
        told(self.name)

    @abstractmethod
    def _wishes(self, bringer: Bringer, found: _Links) -> Iterator[tuple[str, str]]:
        """Yield each link that a module wants, as its path and the path in the package."""

    def _complaint(self, rendering: Rendering, why: str, path: str) -> Complaint:
        file = rendering.file(path)
        owner, target = (file.owner_of(1), file.target) if file else ("", "")
        if why == LOST:
            sentence = _("“{target}” is no file of the module any more.")
            return Complaint(owner, path, 0, "link-lost", sentence, {"target": target})
        sentence = _("Something that PBX Admin did not make has this name in Asterisk's folder.")
        return Complaint(owner, path, 0, "link-in-the-way", sentence)


class SoundsSurface(_LinkSurface):
    """``sounds/<language>/[<folder>/]<id in small letters>-<name>``, of language packs <name>."""

    name = SOUNDS

    def _wishes(self, bringer: Bringer, found: _Links) -> Iterator[tuple[str, str]]:
        folders = sorted(bringer.own_folders)
        own = [one for one in folders if found.take_folder(bringer.module_id, one)]
        for path in bringer.paths:
            _top, folder, *inner, name = path.split("/")
            if folder in bringer.own_folders:
                if folder in own:
                    yield "/".join((SOUNDS, folder, *inner, name)), path
            else:
                prefixed = f"{bringer.module_id.lower()}-{name}"
                yield "/".join((SOUNDS, folder, *inner, prefixed)), path

    def _complaint(self, rendering: Rendering, why: str, path: str) -> Complaint:
        """A pack whose folder holds somebody's sounds is blamed once: it needs all its names."""
        found = super()._complaint(rendering, why, path)
        folder = f"{SOUNDS}/{language_folder(path)}"
        prefixed = path.rpartition("/")[2].startswith(f"{found.owner.lower()}-")
        if found.slug != "link-in-the-way" or prefixed:
            return found
        sentence = _("Sounds that PBX Admin did not place lie in this folder of Asterisk.")
        return Complaint(found.owner, folder, 0, found.slug, sentence)


class ScriptsSurface(_LinkSurface):
    """``agi-bin/<name>``, executable since the installation."""

    name = SCRIPTS

    def _wishes(self, bringer: Bringer, found: _Links) -> Iterator[tuple[str, str]]:
        for path in bringer.paths:
            yield f"{SCRIPTS}/{path.rpartition('/')[2]}", path


@dataclass(slots=True)
class _Links:
    """The links so far, and who had to be refused."""

    surface: str
    left_out: frozenset[str]
    files: dict[str, GeneratedFile] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    folders: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def take_folder(self, owner: str, folder: str) -> bool:
        """Give a language's folder to a pack; a second one is refused (reference M3.4)."""
        path = f"{self.surface}/{folder}"
        if path in self.left_out:
            return False
        first = self.folders.setdefault(folder, owner)
        if first != owner:
            sentence = _("“{owner}” brings the sounds of this language already.")
            self._refuse(owner, path, "language-taken", sentence, {"owner": first})
        return first == owner

    def add(self, bringer: Bringer, wishes: list[tuple[str, str]]) -> None:
        """Add all links of a module, but those that it cannot have."""
        size = sum(len(path) + len(bringer.target(origin)) for path, origin in wishes)
        if self.size + size > ROOM or len(self.files) + len(wishes) > places.MOST_FILES:
            context = {"count": len(wishes)}
            sentence = _("There is no room for {count} more links.")
            self._refuse(bringer.module_id, self.surface, "links-too-many", sentence, context)
            return
        self.size += size
        for path, origin in wishes:
            if path not in self.left_out:
                self._add_one(bringer, path, origin)

    def _add_one(self, bringer: Bringer, path: str, origin: str) -> None:
        owner, target = bringer.module_id, bringer.target(origin)
        if not places.is_path_of(self.surface, path):
            sentence = _(
                "“{origin}” is left out: each name may have 100 characters and must be made of "
                "Latin letters, digits and . _ - alone."
            )
            self._refuse(owner, path[:200], "link-name", sentence, {"origin": origin[:200]})
        elif path in self.files:
            sentence = _("“{first}” and “{second}” both want this name; “{first}” has it.")
            first = self.files[path].owner_of(1)
            self._refuse(owner, path, "link-clash", sentence, {"first": first, "second": owner})
        else:
            blocks = (Block(owner, 1, 1),)
            self.files[path] = GeneratedFile(path, link_text(target), blocks, target)

    def _refuse(
        self, owner: str, path: str, slug: str, sentence: str, context: dict[str, Any]
    ) -> None:
        self.complaints.append(Complaint(owner, path, 0, slug, sentence, context))
