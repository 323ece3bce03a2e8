"""What tests of every area share: the corpus of real descriptors and tools of the system."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as settings_of_hypothesis
from playwright.sync_api import Browser, sync_playwright
from pytest_django.fixtures import Settings

from modules_app.operator.tools import CHILDREN
from modules_app.processes.zygote import Zygote
from tests.lifecycle import Life, life_in
from tests.server.running import Server

NOBODY = 65534

CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-loopback-in-peer-connection",
    "--use-fake-device-for-media-stream",
]


# What lands is judged on the same examples each time; at a desk each run looks for new ones.
settings_of_hypothesis.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    settings_of_hypothesis.load_profile("ci")


def missing(what: str) -> None:
    """Skip loudly; in continuous integration a missing tool or corpus is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real manifests that PBX_CORPUS_DIR names."""
    folder = os.environ.get("PBX_CORPUS_DIR", "")
    if not folder or not Path(folder).is_dir():
        missing("PBX_CORPUS_DIR names no folder with real manifests; tests on them do not run")
    return Path(folder)


@pytest.fixture(scope="session")
def need_tool() -> Callable[[str], str]:
    """Return a function that gives the path of a program, or skips the test that needs it."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            missing(f"the program {name} is not installed; tests that need it do not run")
        return str(path)

    return find


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """One warm parent of children for the whole run."""
    warm = Zygote(settings_module="pbxadmin.settings.host", label="tests", preload=CHILDREN)
    yield warm
    warm.close()


@pytest.fixture
def life(tmp_path: Path, settings: Settings, zygote: Zygote, db: None) -> Iterator[Life]:
    """An installation in a folder of its own, with real children and no host."""
    settings.PBX_DATA_DIR = tmp_path
    with life_in(tmp_path, zygote) as life:
        yield life


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server on a free port with an administrator, who is logged in at ``server.client``."""
    running = Server(tmp_path_factory.mktemp("server"))
    running.prepare()
    running.start()
    try:
        assert running.client.login().status == 302
        yield running
    finally:
        running.stop()


@pytest.fixture
def as_nobody() -> Callable[[Callable[[], object]], str]:
    """Return a function that calls another one as an ordinary user, in a process of its own.

    Root may do everything, so a test of permissions means nothing as root. What comes back is
    ``repr`` of the result, or the name of the exception's class.
    """

    def call(function: Callable[[], object]) -> str:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if os.geteuid() == 0:
                    os.setgroups([])
                    os.setresgid(NOBODY, NOBODY, NOBODY)
                    os.setresuid(NOBODY, NOBODY, NOBODY)
                answer = repr(function())
            except Exception as error:  # the test looks at its name
                answer = type(error).__name__
            os.write(writing, answer.encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answers:
            answer = answers.read().decode()
        os.waitpid(child, 0)
        return answer

    return call


@pytest.fixture(scope="session")
def browser(need_tool: Callable[[str], str]) -> Iterator[Browser]:
    """One chromium for the whole run."""
    path = need_tool("chromium")
    # Playwright's synchronous interface runs an event loop in this thread; Django would refuse
    # to touch the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
