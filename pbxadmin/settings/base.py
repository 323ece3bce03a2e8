"""Values that web, operator and host share."""

from __future__ import annotations

import sys

from pbxadmin.settings.env import BASE_DIR, data_dir, env, secret
from pbxadmin.settings.places import *  # noqa: F403

DEBUG = env.bool("PBX_DEBUG", default=False)
PBX_DATA_DIR = data_dir()
# How commands are called by the crontab.
MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]
HTTPS = env.bool("PBX_HTTPS", default=False)
PBX_PORT = env.int("PBX_PORT", default=8080)
PBX_BIND = env.str("PBX_BIND", default="127.0.0.1")
# Web signs with it who asks, the host checks it (design 3).
PBX_STATEMENT_KEY = secret(PBX_DATA_DIR / "run" / "statement.key")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = env.str("PBX_TIME_ZONE", default="UTC")
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "pbx_language"

CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "modules_app.views.errors.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "modules_app.views.context.page",
            ],
        },
    }
]

STATIC_URL = "/static/"
STATIC_ROOT = PBX_DATA_DIR / "run" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FORM_RENDERER = "modules_app.forms.renderer.PageFormRenderer"

# Processes: web answers pages with threads, host runs one request per worker.
PBX_WEB_WORKERS = env.int("PBX_WEB_WORKERS", default=2)
PBX_WEB_THREADS = env.int("PBX_WEB_THREADS", default=8)
PBX_HOST_WORKERS = env.int("PBX_HOST_WORKERS", default=2)
# What one of them may take together with all processes below it; 0 means no limit.
PBX_HOST_LIMITS = {
    "memory_bytes": env.int("PBX_HOST_MEMORY_BYTES", default=1024 * 1024 * 1024),
    "processes": env.int("PBX_HOST_PROCESSES", default=50),
}
# Seconds that one module may take for being imported in the host.
PBX_IMPORT_SECONDS = env.int("PBX_SECONDS_IMPORT", default=10)

# What a package may weigh and hold (reference R2.2); every number can be changed by environment.
PBX_ARCHIVE_LIMITS = {
    "packed_bytes": env.int("PBX_MAX_PACKED_BYTES", default=100 * 1024 * 1024),
    "unpacked_bytes": env.int("PBX_MAX_UNPACKED_BYTES", default=400 * 1024 * 1024),
    "entries": env.int("PBX_MAX_ENTRIES", default=5000),
    "file_bytes": env.int("PBX_MAX_FILE_BYTES", default=50 * 1024 * 1024),
    "depth": env.int("PBX_MAX_DEPTH", default=24),
}
# Seconds that module code may take, by stage.
PBX_STAGE_SECONDS = {
    "install": env.int("PBX_SECONDS_INSTALL", default=60),
    "hook": env.int("PBX_SECONDS_HOOK", default=10),
    "command": env.int("PBX_SECONDS_COMMAND", default=300),
    "check": env.int("PBX_SECONDS_CHECK", default=10),
    "preflight": env.int("PBX_SECONDS_PREFLIGHT", default=15),
    "probe": env.int("PBX_SECONDS_PROBE", default=15),
    "stop": env.int("PBX_SECONDS_STOP", default=45),
    "start": env.int("PBX_SECONDS_START", default=20),
}
# What module code may use, by stage (`ChildLimits`; 0 means no limit). A trial has no network.
_CHILD_MEMORY = env.int("PBX_CHILD_MEMORY_BYTES", default=1024 * 1024 * 1024)
_TRIAL_LIMITS = {
    "cpu_seconds": env.int("PBX_TRIAL_CPU_SECONDS", default=10),
    "memory_bytes": env.int("PBX_TRIAL_MEMORY_BYTES", default=512 * 1024 * 1024),
    "file_bytes": 128 * 1024 * 1024,
    "open_files": 128,
    "processes": env.int("PBX_TRIAL_PROCESSES", default=50),
    "network": False,
}
PBX_CHILD_LIMITS = {
    "install": {"memory_bytes": _CHILD_MEMORY},
    "hook": {"memory_bytes": _CHILD_MEMORY},
    "command": {"memory_bytes": _CHILD_MEMORY},
    "preflight": _TRIAL_LIMITS,
    "probe": _TRIAL_LIMITS,
}
# Seconds that the host takes at its start for reading the files of all modules again.
PBX_VERIFY_SECONDS = env.int("PBX_VERIFY_SECONDS", default=20)
# When a module that ends workers of the host is stopped; 0 switches a rule off (reference R4.8).
PBX_STRIKES = {
    "at_once": env.int("PBX_STRIKES_AT_ONCE", default=2),
    "strikes": env.int("PBX_STRIKES", default=3),
    "starts": env.int("PBX_STRIKE_STARTS", default=10),
}
# When a start of the host counts as bad or good, and how long a changed module is on probation.
PBX_PATIENCE = {
    "bad_starts": env.int("PBX_BAD_STARTS", default=3),
    "healthy_seconds": env.float("PBX_HEALTHY_SECONDS", default=60.0),
    "probation_seconds": env.float("PBX_PROBATION_SECONDS", default=60.0),
}
# What one worker of a module may use, in bytes; above the first it is restarted (reference M13.1).
PBX_WORKER_LIMITS = {
    "memory_bytes": env.int("PBX_WORKER_MEMORY_BYTES", default=256 * 1024 * 1024),
    "hard_memory_bytes": env.int("PBX_WORKER_HARD_MEMORY_BYTES", default=1024 * 1024 * 1024),
    "log_bytes": env.int("PBX_WORKER_LOG_BYTES", default=5 * 1024 * 1024),
}
# Seconds that a worker has to begin, to finish after a soft request, and to end after SIGTERM.
PBX_WORKER_SECONDS = {
    "start": env.float("PBX_WORKER_START_SECONDS", default=60.0),
    "soft": env.float("PBX_WORKER_SOFT_SECONDS", default=30.0),
    "stop": env.float("PBX_WORKER_STOP_SECONDS", default=5.0),
}
# So many crashes of a module's workers within so many seconds pause it (reference M3.6).
PBX_WORKER_CRASHES = {
    "crashes": env.int("PBX_WORKER_CRASHES", default=100),
    "seconds": env.float("PBX_WORKER_CRASH_SECONDS", default=1800.0),
}
# The address on which Asterisk listens for telephones and programs.
PBX_ASTERISK_BIND = env.str("PBX_ASTERISK_BIND", default="0.0.0.0")  # noqa: S104
# Certificate and key that Asterisk shows to telephones over TLS; without them there is no TLS.
PBX_ASTERISK_CERTIFICATE = env.str("PBX_ASTERISK_CERTIFICATE", default="")
PBX_ASTERISK_PRIVATE_KEY = env.str("PBX_ASTERISK_PRIVATE_KEY", default="")
# Asterisk's own log; what it says after a reload is read there where this names it.
PBX_ASTERISK_LOG = env.str("PBX_ASTERISK_LOG", default="")
# The log in which SSH tells of wrong passwords; fail2ban reads it where it exists.
PBX_SSH_LOG = env.str("PBX_SSH_LOG", default="/var/log/auth.log")
# Only web asks modules what they add to its pages; the host would wait for itself.
PBX_ASKS_MODULES = False
# What fail2ban reads: one line for each wrong password, with its address.
ATTACK_LOGGING = {
    "formatter": {"format": "%(asctime)s %(message)s", "datefmt": "%Y-%m-%dT%H:%M:%S%z"},
    "handler": {
        "class": "logging.handlers.WatchedFileHandler",
        "filename": str(PBX_DATA_DIR / "log" / "security.log"),
        "delay": True,
        "formatter": "attack",
    },
    "logger": {"handlers": ["attacks"], "level": "INFO", "propagate": False},
}
PBX_VERSION = "2026.3.1"
PBX_FRAMEWORK_VERSION = "17.0.19"
