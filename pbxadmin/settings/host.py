"""Settings of the host and of operation children: the only processes that run module code.

The core database can be read, not written; there are no sessions and no passwords here, and the
secret key is another one than web's.
"""

from __future__ import annotations

from urllib.parse import quote

from pbxadmin.settings.base import *  # noqa: F403
from pbxadmin.settings.base import ATTACK_LOGGING, BASE_DIR, PBX_DATA_DIR, TEMPLATES
from pbxadmin.settings.env import env, secret, sqlite_database

SECRET_KEY = secret(PBX_DATA_DIR / "run" / "host-secret.key")
ALLOWED_HOSTS = ["*"]  # only web reaches the socket, and it has looked at the name already

DATABASES = {
    # Scratch of one process, for what Django itself wants to store (see `prepare_scratch`).
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "file:scratch?mode=memory&cache=shared",
        "CONN_MAX_AGE": None,
    },
    "core": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{quote(str(PBX_DATA_DIR / 'core.sqlite3'))}?mode=ro",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 5, "init_command": "PRAGMA query_only=1;"},
    },
}
PBX_MODULE_DATABASE = sqlite_database("")  # each module has its own NAME
DATABASE_ROUTERS = ["modules_app.host.router.ModuleRouter"]

INSTALLED_APPS = [
    "modules_app",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "bootstrap",
    "lucide",
]
MIDDLEWARE = [
    "modules_app.host.middleware.signed_statement",
    "modules_app.host.middleware.module_of_path",
    "modules_app.host.middleware.ModuleBoundary",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "modules_app.host.page_hooks.PageHooks",
    "modules_app.host.freepbx_pages.FreePbxPages",
]
ROOT_URLCONF = "modules_app.host.urls"
MESSAGE_STORAGE = "modules_app.host.messages.ModuleMessages"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

_loaders = (
    "modules_app.host.templates_loader.CachedLoader",
    ["modules_app.host.templates_loader.Loader"],
)
TEMPLATES = [
    {
        **TEMPLATES[0],
        "DIRS": [BASE_DIR / "modules_app" / "host" / "templates", BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            **TEMPLATES[0]["OPTIONS"],  # type: ignore[dict-item]
            "loaders": [("template_partials.loader.Loader", [_loaders])],
            "libraries": {"sdk": "modules_app.sdk.tags"},
        },
    }
]

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_TEMP_DIR = str(PBX_DATA_DIR / "uploads")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "attack": ATTACK_LOGGING["formatter"],
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "attacks": ATTACK_LOGGING["handler"],
    },
    "loggers": {"pbxadmin.attacks": ATTACK_LOGGING["logger"]},
    "root": {"handlers": ["console"], "level": env.str("PBX_LOG_LEVEL", default="INFO")},
}
