"""Settings of the applier: no database, no secret, no module; it may run as root."""

from __future__ import annotations

from pbxadmin.settings.env import data_dir_path
from pbxadmin.settings.places import *  # noqa: F403

PBX_DATA_DIR = data_dir_path()
SECRET_KEY = "the applier signs nothing"  # noqa: S105 - Django wants one
INSTALLED_APPS = ["modules_app.applier"]
USE_TZ = True
