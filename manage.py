#!/usr/bin/env python
"""The command line of PBX Admin: `python manage.py help` lists the commands."""

import os
import sys

SETTINGS_OF_COMMAND = {"test": "pbxadmin.settings.test"}


def main() -> None:
    """Run one management command with the settings it belongs to."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", SETTINGS_OF_COMMAND.get(command, "pbxadmin.settings.web")
    )
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
