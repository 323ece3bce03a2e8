"""A real Asterisk for development and tests, in folders and on ports of its own.

``root``           the files of Debian's Asterisk, fetched once and kept
``instance``       one running Asterisk: ports, folders, command line, end
``configuration``  the least that an Asterisk must be told
``__main__``       the command line behind ``script/asterisk``

Only the standard library is used, so ``script/asterisk`` works before ``script/setup``.
"""

from __future__ import annotations

from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.lab.root import LabError, ensure_root, root_folder

__all__ = ["AsteriskLab", "Instance", "LabError", "Ports", "ensure_root", "root_folder"]
