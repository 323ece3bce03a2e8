"""The command line behind ``script/asterisk``: one Asterisk for development."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import sys
from pathlib import Path

from tests.asterisk.lab.configuration import needed_files, write_missing
from tests.asterisk.lab.instance import Instance, Ports, prepare
from tests.asterisk.lab.root import LabError, command, ensure_root, program, root_folder

PORT = 15_038
ACCOUNT = "pbxadmin"
HERE = Path(__file__).parents[3]


ADDRESSES = {
    "AMI": ("manager show settings", r"TCP Bindaddress:\s+(\S+)"),
    "ARI and AJAM": ("http show status", r"Bound to (\S+)"),
    "SIP": ("pjsip show transports", r"^Transport:\s.*\s(\S+:\d+)\s*$"),
    "RTP ports": ("rtp show settings", r"Port (?:start|end):\s+(\d+)"),
}
"""Asterisk itself says where it listens: what to ask, and where the answer stands."""


def development() -> Instance:
    """Return the instance for development, whether it runs or not; makes its folders."""
    folder = Path(os.environ.get("PBX_ASTERISK_LAB_DIR") or HERE / "var/asterisk").absolute()
    etc = Path(os.environ.get("PBX_ASTERISK_LAB_ETC_DIR") or folder / "etc").absolute()
    ports = Ports(int(os.environ.get("PBX_ASTERISK_LAB_PORT", PORT)))
    return prepare(root_folder(), folder, etc, ports)


def configure(instance: Instance) -> None:
    """Write the least into a configuration folder of our own; one that was named is only read."""
    if "PBX_ASTERISK_LAB_ETC_DIR" not in os.environ:
        write_missing(instance.etc, {**needed_files(), **first_files(instance.ports)})
    elif not (instance.etc / "modules.conf").is_file():
        raise LabError(f"{instance.etc} holds no modules.conf, so no configuration of Asterisk.")


def first_files(ports: Ports) -> dict[str, str]:
    """Return what a new installation is configured with, until PBX Admin writes its own files."""
    return {
        "manager.conf": (
            f"[general]\nenabled = yes\nport = {ports.ami}\nbindaddr = 127.0.0.1\n"
            f"[{ACCOUNT}]\nsecret = {secrets.token_urlsafe(24)}\n"
            "deny = 0.0.0.0/0\npermit = 127.0.0.1/32\nread = all\nwrite = all\n"
        ),
        "pjsip.conf": (
            f"[transport-udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{ports.sip}\n"
        ),
        "http.conf": (f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {ports.http}\n"),
        "rtp.conf": f"[general]\nrtpstart = {ports.rtp[0]}\nrtpend = {ports.rtp[1]}\n",
        "extensions.conf": "[default]\nexten => 600,1,Answer()\n same => n,Echo()\n",
    }


def fetch() -> None:
    """Fetch the files of Asterisk and do no more."""
    print(f"Asterisk's files lie in {ensure_root()}")


def start() -> None:
    """Start Asterisk; says so when it runs already."""
    if not program(root_folder()).is_file():
        print("Fetching Asterisk; this takes about a minute, once.", file=sys.stderr)
    ensure_root()
    instance = development()
    configure(instance)
    if os.geteuid() == 0 and instance.folder.stat().st_uid == 0:
        print(f"Asterisk runs as root, because root owns {instance.folder}.", file=sys.stderr)
    instance.start()
    status()


def status() -> None:
    """Say what runs and where; exit code 3 when nothing runs."""
    instance = development()
    if instance.pid() is None:
        print("Asterisk does not run; script/asterisk start")
        sys.exit(3)
    print(
        f"{instance.cli('core show version').strip()}\n"
        f"process        {instance.pid()}\n"
        f"configuration  {instance.etc}\n"
        f"log            {instance.log}"
    )
    for what, (asked, pattern) in ADDRESSES.items():
        found = re.findall(pattern, instance.cli(asked), re.MULTILINE)
        print(f"{what:<15}{', '.join(found) or 'none'}")


def stop() -> None:
    """Stop Asterisk; calls end."""
    development().stop()


def cli(words: list[str]) -> None:
    """Run one command of Asterisk's command line, or open it when there are no words."""
    instance = development()
    if words:
        print(instance.cli(" ".join(words)), end="")
        return
    started = command(instance.root, "-C", str(instance.folder / "asterisk.conf"), "-r")
    os.execv(started[0], started)


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/asterisk", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in (start, stop, status, fetch):
        verbs.add_parser(verb.__name__, help=verb.__doc__).set_defaults(run=verb)
    verbs.add_parser("cli", help=cli.__doc__).add_argument("words", nargs="*")
    asked = parser.parse_args()
    try:
        if asked.verb == "cli":
            cli(asked.words)
        else:
            asked.run()
    except LabError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
