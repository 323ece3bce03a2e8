"""What the tests let children run: from well-behaved to hostile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def own_pid() -> int:
    """Return the number of this process as the tests see it, also inside a PID namespace."""
    return int(os.readlink("/proc/self"))


def echo(payload: dict[str, Any]) -> dict[str, Any]:
    return {"echo": payload, "pid": own_pid()}


def settings(payload: dict[str, Any]) -> dict[str, Any]:
    from django.conf import settings as active

    return {"settings": os.environ["DJANGO_SETTINGS_MODULE"], "ready": active.configured}


def raises(payload: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("the shelf is empty")


def raises_system_exit(payload: dict[str, Any]) -> dict[str, Any]:
    raise SystemExit(0)


def returns_unserialisable(payload: dict[str, Any]) -> dict[str, Any]:
    return {"value": object()}


def prints(payload: dict[str, Any]) -> dict[str, Any]:
    line = "x" * 1023 + "\n"
    for _ in range(payload["kilobytes"]):
        sys.stdout.write(line)
    print("the last line")
    return {"printed": True}


def prints_fake_verdict(payload: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps({"ok": True, "value": {"forged": True}}), flush=True)
    os._exit(0)


def writes_fake_verdict_everywhere(payload: dict[str, Any]) -> dict[str, Any]:
    for fd in range(3, 64):
        try:
            os.write(fd, json.dumps({"value": {"forged": True}}).encode() + b"\n")
        except OSError:
            continue
    os._exit(0)


def exits(payload: dict[str, Any]) -> dict[str, Any]:
    os._exit(payload["status"])


def aborts(payload: dict[str, Any]) -> dict[str, Any]:
    os.abort()


def sleeps(payload: dict[str, Any]) -> dict[str, Any]:
    Path(payload["pid_file"]).write_text(str(own_pid()))
    time.sleep(600)
    return {}


def ignores_signals(payload: dict[str, Any]) -> dict[str, Any]:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return sleeps(payload)


def daemonises(payload: dict[str, Any]) -> dict[str, Any]:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            Path(payload["pid_file"]).write_text(str(own_pid()))
            time.sleep(600)
        os._exit(0)
    pid_file = Path(payload["pid_file"])
    while not (pid_file.exists() and pid_file.read_text()):
        time.sleep(0.01)
    return {"daemonised": True}


def starts_program(payload: dict[str, Any]) -> dict[str, Any]:
    subprocess.Popen(["sleep", "600"])
    Path(payload["pid_file"]).write_text(Path(f"/proc/self/task/{own_pid()}/children").read_text())
    return {"started": True}


def closes_everything(payload: dict[str, Any]) -> dict[str, Any]:
    os.closerange(0, 256)
    return {"unheard": True}


def eats_memory(payload: dict[str, Any]) -> dict[str, Any]:
    hoard = bytearray(8 * 1024 * 1024 * 1024)
    return {"size": len(hoard)}


def spins(payload: dict[str, Any]) -> dict[str, Any]:
    while True:
        payload["n"] = payload.get("n", 0) + 1


def leaves_thread(payload: dict[str, Any]) -> dict[str, Any]:
    import threading

    threading.Thread(target=time.sleep, args=(600,), daemon=False).start()
    return {"left": True}


def descriptors(payload: dict[str, Any]) -> dict[str, Any]:
    links = []
    for name in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    return {"links": links}


def large_answer(payload: dict[str, Any]) -> dict[str, Any]:
    return {"text": "y" * payload["size"]}


def serves(payload: dict[str, Any]) -> None:
    Path(payload["pid_file"]).write_text(str(own_pid()))
    while True:
        time.sleep(60)


def stubborn_daemon(payload: dict[str, Any]) -> dict[str, Any]:
    """Hang, and leave a daemon that hangs and ignores every polite signal."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ignores_signals(payload)
        os._exit(0)
    os.wait()
    time.sleep(600)
    return {}


def runs_away(payload: dict[str, Any]) -> dict[str, Any]:
    """Fork, let the parent exit, and again, for ever: whoever looks for it finds it gone."""
    if os.fork() == 0:
        while True:
            os.setsid()
            Path(payload["pid_file"]).write_text(str(own_pid()))
            if os.fork() != 0:
                os._exit(0)
    while not Path(payload["pid_file"]).exists():
        time.sleep(0.01)
    return {"running": True}


def kills_itself(payload: dict[str, Any]) -> dict[str, Any]:
    os.kill(os.getpid(), payload["signal"])
    return {"survived": True}


def looks_around(payload: dict[str, Any]) -> dict[str, Any]:
    """Tell what of the world can be seen: own number, rights, networks, who answers."""
    import socket

    status = Path("/proc/self/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    try:
        with socket.create_connection(("127.0.0.1", payload["port"]), timeout=5):
            answers = True
    except OSError:
        answers = False
    return {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "new_privileges": fields["NoNewPrivs"] == "0",
        "networks": [name for _number, name in socket.if_nameindex()],
        "answers": answers,
    }


def refuse_namespaces() -> None:
    """Called in a zygote: behave like a kernel that grants none."""
    from modules_app.processes import kernel

    def refuse(flags: int) -> None:
        raise PermissionError("no namespaces here")

    kernel.unshare = refuse
