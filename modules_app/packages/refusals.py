"""Every reason for which an archive is refused: slug, rule of reference R2.2, sentence, hint."""

from __future__ import annotations

from typing import Any, NamedTuple

from modules_app.exceptions import gettext_noop as _
from modules_app.packages.errors import ArchiveRefused

_PACK_AGAIN = _("Build the package again with “module pack”, zip or git archive.")
_RENAME = _("Rename the entry and build the package again.")
_LEAVE_OUT = _("Leave out what is not needed, or raise the limit in the settings.")
_SHOWN_CHARACTERS = 120


class Refusal(NamedTuple):
    """One rule: ``message`` may use {entry} and what the reader adds to the context."""

    rule: str
    message: str
    hint: str


REFUSALS: dict[str, Refusal] = {
    "archive-name-relative": Refusal(
        "A01", _("The entry “{entry}” has an empty, “.” or “..” part in its name."), _PACK_AGAIN
    ),
    "archive-name-absolute": Refusal(
        "A03", _("The entry “{entry}” does not have a relative name."), _PACK_AGAIN
    ),
    "archive-name-device": Refusal(
        "A04", _("The entry “{entry}” has a name that Windows reserves for a device."), _RENAME
    ),
    "archive-name-ending": Refusal(
        "A04", _("A part of the name “{entry}” ends with a dot or a space."), _RENAME
    ),
    "archive-link": Refusal(
        "A05",
        _("The entry “{entry}” is a link. A package holds regular files and folders only."),
        _("Replace the link by the file it points to."),
    ),
    "archive-hard-link": Refusal(
        "A06",
        _("The entry “{entry}” is a hard link. A package holds regular files and folders only."),
        _("Pack with “tar --hard-dereference” or as zip."),
    ),
    "archive-duplicate": Refusal(
        "A07", _("The archive holds the entry “{entry}” twice."), _PACK_AGAIN
    ),
    "archive-collision": Refusal(
        "A08",
        _("The names “{entry}” and “{other}” are the same on some systems."),
        _("Rename one of them."),
    ),
    "archive-name-character": Refusal(
        "A09", _("The name “{entry}” holds the character {character}."), _RENAME
    ),
    "archive-name-nul": Refusal(
        "A10", _("The name “{entry}” holds a zero byte."), _PACK_AGAIN
    ),
    "archive-name-encoding": Refusal(
        "A11",
        _("The name “{entry}” is not written in one clear encoding."),
        _("Use ASCII names, or a program that marks names as UTF-8."),
    ),
    "archive-file-and-folder": Refusal(
        "A12", _("“{entry}” is a file and a folder at once."), _PACK_AGAIN
    ),
    "archive-too-large": Refusal(
        "A13", _("The package file has {actual}; {allowed} are allowed."), _LEAVE_OUT
    ),
    "archive-file-too-large": Refusal(
        "A13", _("The file “{entry}” has {actual}; {allowed} are allowed."), _LEAVE_OUT
    ),
    "archive-content-too-large": Refusal(
        "A13", _("The package unpacks to {actual}; {allowed} are allowed."), _LEAVE_OUT
    ),
    "archive-bomb": Refusal(
        "A13",
        _("The package unpacks to {actual}; for its packed size {allowed} are allowed."),
        _LEAVE_OUT,
    ),
    "archive-too-slow": Refusal(
        "A13",
        _("Reading the package takes more than {allowed} seconds."),
        _("Pack it again with an ordinary program and compression level."),
    ),
    "archive-overlap": Refusal(
        "A14", _("The entry “{entry}” shares bytes with another entry."), _PACK_AGAIN
    ),
    "archive-too-many": Refusal(
        "A16",
        _("The archive holds {actual} entries; {allowed} are allowed."),
        _LEAVE_OUT,
    ),
    "archive-encrypted": Refusal(
        "A17", _("The entry “{entry}” is encrypted."), _("Pack without a password.")
    ),
    "archive-method": Refusal(
        "A18",
        _("The entry “{entry}” uses compression method {method}; only 0 and 8 are read."),
        _("Pack with the ordinary “deflate” method."),
    ),
    "archive-size-lies": Refusal(
        "A19", _("The entry “{entry}” does not have the size that the archive states."), _PACK_AGAIN
    ),
    "archive-checksum": Refusal(
        "A19", _("The entry “{entry}” is damaged: its checksum does not match."), _PACK_AGAIN
    ),
    "archive-headers-differ": Refusal(
        "A20", _("The archive describes “{entry}” twice, and differently."), _PACK_AGAIN
    ),
    "archive-stray-data": Refusal(
        "A21", _("The archive holds bytes that belong to no entry ({where})."), _PACK_AGAIN
    ),
    "archive-structure": Refusal(
        "A21", _("The archive is not built as it should be ({where})."), _PACK_AGAIN
    ),
    "archive-zip64": Refusal(
        "A22", _("The large-archive fields of the zip file contradict each other."), _PACK_AGAIN
    ),
    "archive-special-file": Refusal(
        "A24",
        _("The entry “{entry}” is neither a regular file nor a folder."),
        _("Leave it out, and build the package again."),
    ),
    "archive-tar-header": Refusal(
        "A24", _("The header of “{entry}” in the tar archive is not valid ({where})."), _PACK_AGAIN
    ),
    "archive-gzip": Refusal(
        "A25", _("The gzip data is damaged or has something behind it."), _PACK_AGAIN
    ),
    "archive-name-too-long": Refusal(
        "A26", _("The name “{entry}” is longer than {allowed} bytes."), _RENAME
    ),
    "archive-too-deep": Refusal(
        "A26",
        _("The entry “{entry}” lies more than {allowed} folders deep."),
        _("Flatten the folders, or raise the limit in the settings."),
    ),
    "archive-unknown-type": Refusal(
        "A27",
        _("This is not a zip or tar.gz archive but {found}."),
        _("Choose a .zip, .tar.gz or .tgz file."),
    ),
    "archive-python-startup": Refusal(
        "A28",
        _("The package holds “{entry}”, which Python would run unseen."),
        _("Leave out .pth and sitecustomize files; modules here need neither."),
    ),
    "archive-git": Refusal(
        "A29",
        _("The package holds a git repository (“{entry}”)."),
        _("Use “module pack” or git archive, which leave it out."),
    ),
    "archive-empty": Refusal(
        "A30", _("The file is empty."), _("Upload it again.")
    ),
    "archive-cut-off": Refusal(
        "A30", _("The archive ends too early."), _("Upload it again, it is not complete.")
    ),
    "archive-changed": Refusal(
        "W08", _("The package file changed while it was read."), _("Upload it again.")
    ),
    "archive-two-manifests": Refusal(
        "M09",
        _("The package holds module.json and module.xml."),
        _("Keep the one whose contract the module speaks."),
    ),
    "archive-no-manifest": Refusal(
        "A08",
        _("There is no module.json or module.xml at the top of the package."),
        _(
            "It must lie at the top of the archive or in its only top folder, "
            "its name in small letters."
        ),
    ),
}


def refused(slug: str, entry: str | bytes = "", **context: Any) -> ArchiveRefused:
    """Return the error for ``slug``; ``entry`` may be any text or bytes, it is made printable."""
    refusal = REFUSALS[slug]
    return ArchiveRefused(
        slug,
        refusal.message,
        context={"rule": refusal.rule, "entry": printable(entry), **context},
        hint=refusal.hint,
    )


def printable(name: str | bytes) -> str:
    """Return ``name`` with everything invisible escaped, cut to a length that fits a line."""
    text = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
    shown = "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}"
        for character in text[:_SHOWN_CHARACTERS]
    )
    return shown + "…" if len(text) > _SHOWN_CHARACTERS else shown
