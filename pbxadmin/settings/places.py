"""Where generated configuration goes; the applier, which may run as root, reads only this."""

from __future__ import annotations

from pbxadmin.settings.env import env

PBX_ETC_DIR = env.str("PBX_ETC_DIR", default="")  # empty: etc below PBX_DATA_DIR
# Folders of the system in which links to generated files are kept; empty: none are.
PBX_CRON_DIR = env.str("PBX_CRON_DIR", default="")
PBX_NGINX_DIR = env.str("PBX_NGINX_DIR", default="")
PBX_FAIL2BAN_DIR = env.str("PBX_FAIL2BAN_DIR", default="")
# As whom the crontab runs what modules ask for; empty: the owner of the data folder.
PBX_MODULE_USER = env.str("PBX_MODULE_USER", default="")
