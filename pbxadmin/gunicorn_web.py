"""gunicorn's configuration for web; the host has its own in modules_app/host/arbiter.py."""

from __future__ import annotations

import os

from pbxadmin.settings.env import env

_port = env.int("PBX_PORT", default=8080)
_address = env.str("PBX_BIND", default="127.0.0.1")

bind = f"[{_address}]:{_port}" if ":" in _address else f"{_address}:{_port}"
wsgi_app = "pbxadmin.wsgi:application"
worker_class = "gthread"
workers = env.int("PBX_WEB_WORKERS", default=2)
threads = env.int("PBX_WEB_THREADS", default=8)
timeout = 60
graceful_timeout = 30
keepalive = 20
preload_app = True
control_socket_disable = True
loglevel = "warning"
proc_name = "pbx-web"
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn's
