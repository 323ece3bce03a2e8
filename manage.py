#!/usr/bin/env python
"""The command line of PBX Admin: `python manage.py help` lists the commands."""

import errno
import os
import sys

SETTINGS_OF_COMMAND = {
    "test": "pbxadmin.settings.test",
    "applier": "pbxadmin.settings.applier",
}


def main() -> None:
    """Run one management command with the settings it belongs to."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "applier":  # it inherits the settings of the server that starts it
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", SETTINGS_OF_COMMAND.get(command, "pbxadmin.settings.web")
    )
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    from modules_app.processes.start import forbid_others, settle
    from pbxadmin.settings.env import data_dir_path

    if command == "applier":
        forbid_others()  # the one process that stays root where it is started as root
    else:
        settle(data_dir_path())
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            raise
        sys.exit(f"Error: the data folder {data_dir_path()} does not take what is written: {error}")
    except DatabaseError as error:
        if os.environ.get("PBX_DEBUG"):
            raise
        database = data_dir_path() / "core.sqlite3"
        if "no such table" in str(error):
            sys.exit(
                f"Error: the core database {database} is not prepared: {error}. "
                "script/setup prepares it, and script/server does so when it starts."
            )
        sys.exit(
            f"Error: the core database {database} cannot be used: {error}. If the disk is full, "
            f"free some space; if the file is damaged, {_way_back()} PBX_DEBUG=1 shows more."
        )


def _way_back() -> str:
    """Say which backup of the core database can be brought back, and how."""
    from modules_app.operator.backups import newest_good
    from modules_app.packages.datadir import DataDir
    from pbxadmin.settings.env import data_dir_path

    try:
        backup = newest_good(DataDir(data_dir_path()))
    except OSError:
        backup = None
    if backup is None:
        return "bring it back from a backup."
    return (
        f"stop the server and run `manage.py restore_core`: it brings the backup of "
        f"{backup.at:%Y-%m-%d %H:%M:%S} UTC back."
    )


if __name__ == "__main__":
    main()
