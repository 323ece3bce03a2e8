"""A supervisor that is busy for a moment misses nothing that is said only once."""

from __future__ import annotations

import threading
from pathlib import Path

from modules_app.bridge.workers import FOLDER, MAILBOX
from modules_app.host.line import SupervisedLine
from modules_app.processes.mailbox import Mailbox, post


def test_ready_waits_for_a_place_in_a_box_that_is_full(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    box = Mailbox(tmp_path / MAILBOX)
    while post(tmp_path / MAILBOX, {"what": "beat"}):
        pass
    line = SupervisedLine(tmp_path, "ModuleWork/Steady/1")
    speaking = threading.Thread(target=line.ready)
    speaking.start()
    heard: list[object] = []
    while "ready" not in heard:
        found = box.wait(10)
        assert found, "nothing more came"
        heard += [message.get("what") for message in found]
    speaking.join()
    box.close()
