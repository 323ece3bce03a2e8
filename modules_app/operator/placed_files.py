"""Files that an installer placed: the module's own folder below etc, removed with the module."""

from __future__ import annotations

from modules_app.operator.tools import Tools
from modules_app.packages.fsops import plain_name

_FOLDER = "modules"


def write(tools: Tools, module_id: str, files: dict[str, str]) -> None:
    """Make the folder hold exactly ``files`` (plain names); repeating it changes nothing."""
    if not files:
        remove(tools, module_id)
        return
    with tools.fsops.directory(tools.data_dir.etc_) as etc_fd:
        tools.fsops.ensure_dir(_FOLDER, etc_fd, mode=0o750)
    with tools.fsops.directory(tools.data_dir.etc_, _FOLDER) as modules_fd:
        tools.fsops.ensure_dir(module_id, modules_fd, mode=0o750)
    own = tools.data_dir.etc_ / _FOLDER / module_id
    for name, content in files.items():
        tools.fsops.write_file_atomically(own, plain_name(name), content.encode(), mode=0o640)


def remove(tools: Tools, module_id: str) -> None:
    """Remove the module's folder below etc."""
    if (tools.data_dir.etc_ / _FOLDER).is_dir():
        with tools.fsops.directory(tools.data_dir.etc_, _FOLDER) as modules_fd:
            tools.fsops.remove_tree(module_id, modules_fd)
