"""A module whose workers do what files in the folder PBX_TEST_CONTROL tell them."""

from __future__ import annotations

from tests.builders import module_json, zip_of

ID = "ModuleWork"

CONF = """
import os
from pathlib import Path

from modules_app.sdk import ConfigClass

CONTROL = Path(os.environ["PBX_TEST_CONTROL"])


class WorkConf(ConfigClass):
    def models_event_change_data(self, data):
        if data["recordId"] == "Name":
            with (CONTROL / "heard").open("a") as file:
                file.write(data["changedFields"]["value"]["new"] + "\\n")

    def models_event_need_reload(self, planned_actions):
        with (CONTROL / "planned").open("a") as file:
            file.write(" ".join(planned_actions) + "\\n")

    def get_module_workers(self):
        if (CONTROL / "fewer").exists():
            return [{"type": "check_worker_heartbeat", "worker": "Steady", "alive_seconds": 3}]
        return [
            {"type": "check_worker_heartbeat", "worker": "Steady", "alive_seconds": 3},
            {"type": "checkWorkerBeanstalk", "worker": "Jobs", "interval": 1, "alive_seconds": 3,
             "instances": 2},
            {"type": "checkPidNotAlert", "worker": "background.stubborn.Stubborn"},
            {"type": "check_moon_phase", "worker": "Moon"},
        ]
"""

WORKERS = """
import os, time
from pathlib import Path

from modules_app import sdk

CONTROL = Path(os.environ["PBX_TEST_CONTROL"])


def told(name):
    return (CONTROL / name).exists()


class Steady(sdk.LoopWorker):
    interval = 0.1

    def prepare(self):
        self.log.info("steady begins")
        self.hoard = []

    def step(self):
        if told("crash"):
            (CONTROL / "crash").unlink()
            raise ValueError("the shelf is empty")
        if told("hang"):
            (CONTROL / "hang").unlink()
            time.sleep(600)
        if told("eat"):
            (CONTROL / "eat").unlink()
            self.hoard.append(bytearray(os.urandom(1024) * 100 * 1024))
        if told("wish"):
            (CONTROL / "wish").unlink()
            sdk.ask_reload("get_module_workers")
        if told("chatter"):
            print("chatter " * 200)
        if told("add"):
            text = (CONTROL / "add").read_text()
            (CONTROL / "add").unlink()
            for word in text.split():
                sdk.enqueue("jobs", {"word": word})
        if told("slow"):
            time.sleep(0.5)
            with (CONTROL / "steps").open("a") as file:
                file.write("whole\\n")

    def finish(self):
        (CONTROL / "finished").write_text(str(os.getpid()))


class Jobs(sdk.QueueWorker):
    queue = "jobs"
    interval = 30.0
    job_seconds = 20.0
    retry_seconds = (0.1,)

    def handle(self, data):
        word = data["word"]
        if word == "bad":
            raise ValueError("no such word")
        if word == "deadly":
            os._exit(9)
        if told("slow"):
            time.sleep(0.2)
        with (CONTROL / "done").open("a") as file:
            file.write(word + "\\n")
"""

STUBBORN = """
import signal, time

from modules_app import sdk


class Stubborn(sdk.Worker):
    def run(self):
        for number in (signal.SIGTERM, signal.SIGUSR1):
            signal.signal(number, signal.SIG_IGN)
        while True:
            time.sleep(60)
"""


def package(version: str = "1.0.0") -> bytes:
    """Return the package."""
    return zip_of(
        {
            "module.json": module_json(ID, version),
            "conf.py": CONF,
            "workers.py": WORKERS,
            "background/__init__.py": "",
            "background/stubborn.py": STUBBORN,
        }
    )
