"""Where generated configuration goes; the applier, which may run as root, reads only this."""

from __future__ import annotations

from pbxadmin.settings.env import env

PBX_ETC_DIR = env.str("PBX_ETC_DIR", default="")  # empty: etc below PBX_DATA_DIR
# Folders of the system in which links to generated files are kept; empty: none are.
PBX_CRON_DIR = env.str("PBX_CRON_DIR", default="")
PBX_NGINX_DIR = env.str("PBX_NGINX_DIR", default="")
PBX_SOUNDS_DIR = env.str("PBX_SOUNDS_DIR", default="")
PBX_AGI_DIR = env.str("PBX_AGI_DIR", default="")
PBX_ASTERISK_DIR = env.str("PBX_ASTERISK_DIR", default="")
# The group that may read Asterisk's files, which hold passwords; empty: that of the applier.
PBX_ASTERISK_GROUP = env.str("PBX_ASTERISK_GROUP", default="")
# Where an nginx of our own listens in front of web; 0: none is started.
PBX_NGINX_PORT = env.int("PBX_NGINX_PORT", default=0)
# Whether firewall rules are loaded and our fail2ban runs; without it they are written and tested.
PBX_FIREWALL_LOAD = env.bool("PBX_FIREWALL_LOAD", default=False)
# The network namespace in which that happens; empty: the machine's own.
PBX_NETNS = env.str("PBX_NETNS", default="")
# Where our fail2ban keeps its socket and its bans; empty: run/fail2ban below PBX_DATA_DIR.
PBX_FAIL2BAN_RUN_DIR = env.str("PBX_FAIL2BAN_RUN_DIR", default="")
# As whom the crontab runs what modules ask for; empty: the owner of the data folder.
PBX_MODULE_USER = env.str("PBX_MODULE_USER", default="")
