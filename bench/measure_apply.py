"""``python -m bench.measure_apply NUMBER``: one changed phone among so many, as JSON seconds."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from unittest.mock import patch

Moment = tuple[float, float]
"""The time on the wall, and that of this process on a processor."""


def main(count: int) -> dict[str, float]:
    """Fill a fresh installation, apply all, change one name, and apply that."""
    _set_up()
    from bench import contributors, fill_phones
    from modules_app.models import PbxSetting
    from modules_app.operator import collecting
    from tests.telephony.apply.fake_ami import FakeAsterisk

    fill_phones.main(count)
    contributors.install()
    reloaded: list[Moment] = []
    with FakeAsterisk() as asterisk, patch.object(collecting, "ask_host", contributors.ask_nobody):
        PbxSetting.objects.update_or_create(key="AMIPort", defaults={"value": str(asterisk.port)})
        first, _first = _timed(_look)
        idle, idle_processor = _timed(_look)
        asterisk.outputs["module reload res_pjsip.so"] = _noting(reloaded)
        begun = _moment()
        _change(count // 2)
        _look()
        whole = _moment()
    if not reloaded:
        raise RuntimeError("Asterisk was not told")
    return {
        "first": first,
        "idle": idle,
        "idle, processor": idle_processor,
        "to reload": reloaded[0][0] - begun[0],
        "to reload, processor": reloaded[0][1] - begun[1],
        "whole": whole[0] - begun[0],
    }


def _look() -> None:
    """Look as the operator does: ask modules what is open, then bring all files into line."""
    from modules_app.operator.collecting import collect_idle
    from modules_app.operator.surfaces import refresh

    collect_idle(None)  # type: ignore[arg-type]
    refresh(None)  # type: ignore[arg-type]


def _change(place: int) -> None:
    """Save one phone with another name as its page does, and ask for applying it."""
    from modules_app.permissions import Actor
    from telephony_app.models import Extension
    from telephony_app.services.apply import apply_now
    from telephony_app.services.extensions import change_extension

    actor = Actor.system()
    phone = Extension.objects.filter(kind="phone").order_by("number")[place]
    change_extension(actor=actor, record_id=phone.pk, values={"name": "Somebody else"})
    apply_now(actor=actor)


def _noting(moments: list[Moment]) -> Callable[[], str]:
    def note() -> str:
        moments.append(_moment())
        return "Module 'res_pjsip.so' reloaded successfully."

    return note


def _moment() -> Moment:
    return time.perf_counter(), time.process_time()


def _timed(act: Callable[[], None]) -> Moment:
    """Return how long something takes, on the wall and on a processor."""
    begun = _moment()
    act()
    ended = _moment()
    return ended[0] - begun[0], ended[1] - begun[1]


def _set_up() -> None:
    os.environ["PBX_DATA_DIR"] = tempfile.mkdtemp(prefix="pbxadmin-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "pbxadmin.settings.web"
    os.environ["PBX_LOG_LEVEL"] = "WARNING"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
