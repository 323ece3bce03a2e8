"""The administrator's own text, which comes last (reference M6.7)."""

from __future__ import annotations

from collections.abc import Collection

from modules_app.models import CustomFile, CustomMode
from modules_app.surfaces.base import CUSTOM, Block, GeneratedFile, Rendering


def with_custom_files(rendering: Rendering, *, without: Collection[str] = ()) -> Rendering:
    """Return the files as they are installed; ``without`` names paths whose own part is left."""
    paths = [file.path for file in rendering.files if not file.target]
    if not paths:
        return rendering
    found = CustomFile.objects.filter(path__in=paths).exclude(path__in=list(without))
    custom = {row.path: row for row in found}
    if not custom:
        return rendering
    files = tuple(
        _combined(file, custom[file.path]) if file.path in custom else file
        for file in rendering.files
    )
    return Rendering(files, rendering.complaints)


def _combined(file: GeneratedFile, custom: CustomFile) -> GeneratedFile:
    """Generated text, two newlines, then the administrator's; or the administrator's alone."""
    text = custom.text.replace("\r\n", "\n").rstrip("\n") + "\n"
    if custom.mode == CustomMode.OVERRIDE:
        return GeneratedFile(file.path, text, (Block(CUSTOM, 1, text.count("\n")),))
    before = file.text + "\n\n"
    first = before.count("\n") + 1
    block = Block(CUSTOM, first, first + text.count("\n") - 1)
    return GeneratedFile(file.path, before + text, (*file.blocks, block))
