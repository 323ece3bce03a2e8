"""A real Asterisk, phones and a provider as fixtures.

How to use::

    def test_two_phones(asterisk, phone):
        anna, boris = phone("201"), phone("202")       # secrets as in minimal.SECRETS
        assert boris.register() == 200
        boris.answer()                                  # or ring(), reject("486 Busy Here")
        assert anna.call("202", talk_seconds=1) == 200  # waits for the end; last status of INVITE
        assert boris.calls[-1].caller == "201"          # the INVITEs that came

    call = anna.start_call("202")                       # does not wait
    call.wait_for_status("INVITE", 200)                 # talks now
    asterisk.cli("core show channels")
    call.hang_up()                                      # BYE, or CANCEL while it rings

Configuration of your own: write it into a folder, with the numbers of ``Ports.free()``, and start::

    ports = Ports.free()
    write_my_files(etc, ports)                          # ports.ami .http .sip .rtp .provider
    instance = lab.start(etc, ports)                    # adds logger.conf, modules.conf if missing
    Phone(instance, "201", secret).register()           # close() it in the end
    Provider(instance, "74950000000")                   # 127.0.0.2, UDP port ports.provider
    instance.cli("…"), .wait_for("pjsip show registrations", "Registered"), .log, .data / "agi-bin"
    instance.stop(), .kill(), .start()

``lab`` stops all its instances when the tests of the file are over. ``asterisk`` lives as long.
Where debootstrap or sipp is missing, these tests are skipped, and fail with CI=true. A scenario
of sipp that ends otherwise than expected is shown in the failed test.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.lab.root import LabError, ensure_root
from tests.asterisk.minimal import SECRETS, write_etc
from tests.asterisk.phones import Phone, Provider
from tests.conftest import missing


@pytest.fixture(scope="session")
def asterisk_root(need_tool: Callable[[str], str]) -> Path:
    """The files of Debian's Asterisk, fetched if they are not here yet."""
    need_tool("sipp")
    try:
        return ensure_root()
    except LabError as error:
        missing(str(error))
        raise


@pytest.fixture(scope="module")
def lab(asterisk_root: Path) -> Iterator[AsteriskLab]:
    """A place for instances of Asterisk; they end with the tests of the file."""
    with AsteriskLab(root=asterisk_root) as lab:
        yield lab


@pytest.fixture(scope="module")
def certificate(need_tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for 127.0.0.1; its key lies beside it, called key.pem."""
    folder = tmp_path_factory.mktemp("tls")
    words = [need_tool("openssl"), "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
    words += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=127.0.0.1"]
    words += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(words, check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.fixture(scope="module")
def asterisk(lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """A running Asterisk with the phones of ``minimal``."""
    etc = tmp_path_factory.mktemp("etc")
    ports = Ports.free()
    write_etc(etc, ports)
    return lab.start(etc, ports)


@pytest.fixture
def phone(asterisk: Instance) -> Iterator[Callable[[str], Phone]]:
    """Return a function that makes a phone of ``minimal``; phones end with the test."""
    made: list[Phone] = []

    def make(number: str, secret: str | None = None) -> Phone:
        made.append(Phone(asterisk, number, SECRETS[number] if secret is None else secret))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def provider(asterisk: Instance) -> Iterator[Callable[[str], Provider]]:
    """Return a function that makes a provider whose calls come from a number."""
    made: list[Provider] = []

    def make(caller: str) -> Provider:
        made.append(Provider(asterisk, caller))
        return made[-1]

    yield make
    for one in made:
        one.close()
