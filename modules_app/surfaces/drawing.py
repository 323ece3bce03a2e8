"""What the rows ask for, with the administrator's own parts: the input of every swap and diff."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass

from modules_app.surfaces.base import Rendering, Surface
from modules_app.surfaces.custom import with_custom_files


@dataclass(frozen=True, slots=True)
class Drawing:
    """``generated`` is what core and modules wrote, ``final`` what is to be installed."""

    generated: Rendering
    final: Rendering

    @property
    def asked(self) -> str:
        """Return the digest of all that the rows ask for.

        Refused lines count, too: a fault must be told also where no file changes because of it.
        """
        refused = [one.as_dict() for one in self.generated.complaints]
        if not refused:
            return self.final.digest
        text = json.dumps([self.final.digest, refused], default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def draw(
    surface: Surface, *, left_out: Collection[str] = (), without_custom: Collection[str] = ()
) -> Drawing:
    """Write all files of a surface from the rows as they are now."""
    generated = surface.render(frozenset(left_out))
    return Drawing(generated, with_custom_files(generated, without=without_custom))
