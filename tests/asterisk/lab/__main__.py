"""The command line behind ``script/asterisk``: one Asterisk for development."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

from tests.asterisk.lab.configuration import write_missing
from tests.asterisk.lab.instance import Instance, Ports, prepare
from tests.asterisk.lab.root import LabError, command, ensure_root, program, root_folder

PORT = 15_038
ACCOUNT = "pbxadmin"
HERE = Path(__file__).parents[3]


def development() -> Instance:
    """Return the instance for development, whether it runs or not; makes its folders."""
    folder = Path(os.environ.get("PBX_ASTERISK_DIR") or HERE / "var/asterisk").absolute()
    etc = Path(os.environ.get("PBX_ASTERISK_ETC_DIR") or folder / "etc").absolute()
    return prepare(
        root_folder(), folder, etc, Ports(int(os.environ.get("PBX_ASTERISK_PORT", PORT)))
    )


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
    write_missing(instance.etc, first_files(instance.ports))
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
    ports = instance.ports
    print(
        f"{instance.cli('core show version').strip()}\n"
        f"process        {instance.pid()}\n"
        f"configuration  {instance.etc}\n"
        f"log            {instance.log}\n"
        f"AMI            127.0.0.1:{ports.ami}, account and secret in manager.conf\n"
        f"ARI and AJAM   127.0.0.1:{ports.http}\n"
        f"SIP            127.0.0.1:{ports.sip}\n"
        f"RTP            127.0.0.1:{ports.rtp[0]}-{ports.rtp[1]}"
    )


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
