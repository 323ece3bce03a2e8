"""``python -m bench.measure_apply NUMBER``: one changed phone among so many, as JSON seconds."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time


def main(count: int) -> dict[str, float]:
    """Fill a fresh installation, apply all, change one name, and apply that."""
    _set_up()
    from bench import fill_phones
    from modules_app.models import PbxSetting
    from modules_app.operator.surfaces import refresh
    from modules_app.permissions import Actor
    from telephony_app.models import Extension, SipAccount
    from telephony_app.services.apply import apply_now
    from tests.telephony.apply.fake_ami import FakeAsterisk

    fill_phones.main(count)
    reloaded: list[float] = []
    with FakeAsterisk() as asterisk:
        PbxSetting.objects.update_or_create(key="AMIPort", defaults={"value": str(asterisk.port)})
        first = _timed(lambda: refresh(None, ["asterisk"]))  # type: ignore[arg-type]
        idle = _timed(lambda: refresh(None, ["asterisk"]))  # type: ignore[arg-type]
        asterisk.outputs["module reload res_pjsip.so"] = _noting(reloaded)
        phone = Extension.objects.filter(kind="phone").order_by("number")[count // 2]
        phone.name = "Somebody else"
        phone.save()
        SipAccount.objects.get(extension=phone).save()
        apply_now(actor=Actor.system())
        begun = time.perf_counter()
        refresh(None, ["asterisk"])  # type: ignore[arg-type]
        whole = time.perf_counter() - begun
    if not reloaded:
        raise RuntimeError("Asterisk was not told")
    return {"first": first, "idle": idle, "to reload": reloaded[0] - begun, "whole": whole}


def _noting(moments: list[float]) -> object:
    def note() -> str:
        moments.append(time.perf_counter())
        return "Module 'res_pjsip.so' reloaded successfully."

    return note


def _timed(act: object) -> float:
    begun = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - begun


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
