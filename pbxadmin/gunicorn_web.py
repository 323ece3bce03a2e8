"""gunicorn's configuration for web; the host has its own in modules_app/host/arbiter.py."""

from __future__ import annotations

import os

from pbxadmin.settings import base

_address = f"[{base.PBX_BIND}]" if ":" in base.PBX_BIND else base.PBX_BIND

bind = f"{_address}:{base.PBX_PORT}"
wsgi_app = "pbxadmin.wsgi:application"
worker_class = "modules_app.processes.patient.PatientWorker"
workers = base.PBX_WEB_WORKERS
threads = base.PBX_WEB_THREADS
timeout = 60
graceful_timeout = 30
keepalive = 20
preload_app = True
reuse_port = True  # the workers of a master that died serve until the next one is ready
control_socket_disable = True
loglevel = "warning"
# Whoever asks from this machine is no proxy; Django reads the one header that PBX_HTTPS=1 is about.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
proc_name = "pbx-web"
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn's
