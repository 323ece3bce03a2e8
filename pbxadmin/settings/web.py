"""Settings of web, operator and the command line: core records, no module code."""

from __future__ import annotations

from pbxadmin.settings.base import *  # noqa: F403
from pbxadmin.settings.base import ATTACK_LOGGING, HTTPS, PBX_DATA_DIR
from pbxadmin.settings.env import core_database, env, secret

SECRET_KEY = secret(PBX_DATA_DIR / "secret.key")
ALLOWED_HOSTS = env.list("PBX_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

DATABASES = {"default": core_database(PBX_DATA_DIR / "core.sqlite3")}
DATABASE_ROUTERS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "modules_app",
    "telephony_app",
    "django.contrib.admin",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "bootstrap",
    "lucide",
    "axes",
]
MIDDLEWARE = [
    "modules_app.views.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "modules_app.views.middleware.Sessions",
    "modules_app.views.middleware.language_packs",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "modules_app.views.upload_gate.strangers_send_little",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "modules_app.views.middleware.first_run",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "modules_app.views.middleware.session_limits",
    "modules_app.api.gate.api_gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "modules_app.views.sudo.RawRecordsSudo",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "pbxadmin.urls"
WSGI_APPLICATION = "pbxadmin.wsgi.application"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "modules_app.services.module_login.ModuleLogin",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# Login works on a full disk: sessions fall back to memory, lock-outs live in the cache (design 4).
SESSION_ENGINE = "modules_app.views.sessions"
SESSION_FILE_PATH = str(PBX_DATA_DIR / "run" / "sessions")
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# A session lives that long at most, and without a click that long; dangerous actions ask for the
# password when it was last typed longer ago (reference R6.1, R6.4).
PBX_SESSION_SECONDS = env.int("PBX_SESSION_SECONDS", default=12 * 3600)
PBX_IDLE_SECONDS = env.int("PBX_IDLE_SECONDS", default=30 * 60)
PBX_SUDO_SECONDS = env.int("PBX_SUDO_SECONDS", default=10 * 60)
SESSION_COOKIE_AGE = PBX_SESSION_SECONDS

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(PBX_DATA_DIR / "run" / "cache"),
        # Beyond that, entries are dropped at random: guessing many names must not end a lock-out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
# The file cache counts without a lock: some attempts more than the limit may pass, no harm.
SILENCED_SYSTEM_CHECKS = ["axes.W001"]
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25
AXES_USERNAME_CALLABLE = "modules_app.services.locks.counted_name"
AXES_LOCKOUT_CALLABLE = "modules_app.views.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("PBX_HSTS_SECONDS", default=0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# Nobody without the right to install makes the server write an upload to disk (reference R0.3).
FILE_UPLOAD_HANDLERS = [
    "modules_app.views.upload_gate.UploadGate",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = str(PBX_DATA_DIR / "uploads")
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 50

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
    "loggers": {
        "pbxadmin.attacks": ATTACK_LOGGING["logger"],
        "panoramisk": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": env.str("PBX_LOG_LEVEL", default="INFO")},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Requests a minute: of one API key, and of one address at the public routes of one module.
PBX_API_PER_MINUTE = {
    "key": env.int("PBX_API_PER_MINUTE", default=600),
    "public": env.int("PBX_API_PUBLIC_PER_MINUTE", default=60),
}

PBX_ASKS_MODULES = True
# The whole time a module may take to answer, body included (design 3).
PBX_PROXY = {"seconds": env.float("PBX_PROXY_SECONDS", default=25.0)}
