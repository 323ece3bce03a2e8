"""Settings of the test run: everything below a folder of its own, fast password hashing."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "PBX_DATA_DIR" not in os.environ:
    os.environ["PBX_DATA_DIR"] = tempfile.mkdtemp(prefix="pbxadmin-test-")
    atexit.register(shutil.rmtree, os.environ["PBX_DATA_DIR"], ignore_errors=True)

from pbxadmin.settings.web import *  # noqa: E402, F403
from pbxadmin.settings.web import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
