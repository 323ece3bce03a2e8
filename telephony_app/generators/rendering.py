"""All files of Asterisk, from a snapshot and the answers of modules."""

from __future__ import annotations

from collections.abc import Callable

from modules_app.exceptions import gettext_noop as _
from modules_app.surfaces.base import Complaint, GeneratedFile, Rendering, join_blocks
from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.edits import apply_edits
from telephony_app.generators.extensions import extensions
from telephony_app.generators.loading import modules
from telephony_app.generators.manager import ari, http, manager
from telephony_app.generators.paper import FOLDER, Paper
from telephony_app.generators.pjsip import pjsip
from telephony_app.generators.small import acl, features, fixed, indications, rtp

DIALPLAN = f"{FOLDER}/extensions.conf"
FILE_TAKEN = _("“{first}” writes a file of this name.")

Generator = Callable[[Snapshot, HookAnswers], Paper]

GENERATORS: tuple[Generator, ...] = (
    extensions,
    pjsip,
    manager,
    http,
    ari,
    features,
    modules,
    acl,
    rtp,
    indications,
)


def render(snapshot: Snapshot, answers: HookAnswers) -> Rendering:
    """Return every file below ``asterisk/``, and whose text could not be written.

    A pure function: equal arguments give equal bytes. Edits of the dialplan come last, so that they
    find what everybody else wrote; the administrator's own part comes after all this.
    """
    papers = [generate(snapshot, answers) for generate in GENERATORS] + fixed()
    complaints = [one for paper in papers for one in paper.complaints]
    files = {file.path: file for file in (paper.finish() for paper in papers)}
    edited, refused = apply_edits(files[DIALPLAN], answers.edits())
    files[DIALPLAN] = edited
    for owner, name, text in answers.files():
        _add_file(files, complaints, owner, name, text)
    return Rendering(tuple(files.values()), (*complaints, *refused))


def _add_file(
    files: dict[str, GeneratedFile], complaints: list[Complaint], owner: str, name: str, text: str
) -> None:
    """Add a file of a module; who comes first has the name."""
    path = f"{FOLDER}/{name}"
    if path in files:
        first = files[path].owner_of(1) or "PBX Admin"
        complaints.append(Complaint(owner, path, 0, "file-taken", FILE_TAKEN, {"first": first}))
    elif text.strip():
        files[path] = join_blocks(path, [(owner, text.replace("\r\n", "\n"))])
