"""Settings of the test run: everything below a folder of its own, fast password hashing."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Workers of pytest-xdist inherit the environment of the process that starts them.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "PBX_DATA_DIR" not in os.environ or os.environ.get("PBX_TEST_WORKER", "") != _worker:
    os.environ["PBX_DATA_DIR"] = tempfile.mkdtemp(prefix="pbxadmin-test-")
    os.environ["PBX_TEST_WORKER"] = _worker
    atexit.register(shutil.rmtree, os.environ["PBX_DATA_DIR"], ignore_errors=True)

from pbxadmin.settings.web import *  # noqa: E402, F403
from pbxadmin.settings.web import STATIC_ROOT, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # else WhiteNoise warns of it in each test
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
