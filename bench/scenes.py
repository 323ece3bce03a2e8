"""What is measured. Each scene has a name, measures one round, and says its ratios at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import applying, dependencies, descriptors, dispatch, loading, phones, rendering
from bench.figures import Figures
from bench.payload import Size, package
from bench.servers import Ended, Product, send_package
from modules_app.bridge.connection import HostConnection
from modules_app.bridge.statement import HEADER, sign
from tests.server.running import Browser

_SAME_ANSWERS = 4
_REQUESTS = 10


@dataclass(slots=True)
class Stage:
    """What the scenes play on: the product with few modules and with many, and the baseline."""

    few: Product
    many: Product
    hundred: Product
    baseline: Browser
    figures: Figures
    sizes: tuple[Size, ...]

    def label(self, verb: str, size: Size, product: Product) -> str:
        """Return the name of the figures of one verb."""
        return f"{verb} {size.name}, {product.modules} modules"


def install(stage: Stage) -> None:
    """Install by upload form, beside the minimal Django that does the same without checks."""
    for size in stage.sizes:
        content = package(size)
        with stage.figures.timed(f"minimal Django {size.name}"):
            if send_package(stage.baseline, "/upload", content).status != 200:
                raise RuntimeError("the baseline failed")
        _install(stage, stage.few, size, content)
        _remove(stage, stage.few, size)


def install_ratios(stage: Stage) -> None:
    """Name the pairs."""
    for size in stage.sizes:
        own, minimal = stage.label("install", size, stage.few), f"minimal Django {size.name}"
        if size.name == "large":
            stage.figures.ratio(own, minimal, "aim 1.3")
        else:
            title = f"{own} above {minimal}"
            stage.figures.difference(title, own, (minimal,), "aim 60 ms")


def switch(stage: Stage) -> None:
    """Enable and disable until every process shows the new state."""
    _with_module(stage, stage.few, stage.sizes[0], _switch)


def switch_ratios(stage: Stage) -> None:
    """Name the aim."""
    for verb in ("enable", "disable"):
        name = f"{stage.label(verb, stage.sizes[0], stage.few)}, shown by all processes"
        stage.figures.difference(name, name, (), "aim 100 ms")


def scale(stage: Stage) -> None:
    """Run every verb with few and with many modules installed."""
    for product in (stage.few, stage.many):
        _with_module(stage, product, stage.sizes[0], _switch)


def scale_ratios(stage: Stage) -> None:
    """Name the pairs."""
    for verb in ("install", "upgrade", "enable", "disable", "remove"):
        few, many = (stage.label(verb, stage.sizes[0], p) for p in (stage.few, stage.many))
        stage.figures.ratio(many, few, "aim 1.1")


def pages(stage: Stage) -> None:
    """Draw the list of 100 modules beside the tuple page."""
    for _number in range(_REQUESTS):
        for browser, address, name in (
            (stage.hundred.browser, "/modules/", "module list, 100 rows"),
            (stage.baseline, "/list", "tuple page, 100 rows"),
            (stage.baseline, "/empty", "empty view"),
        ):
            answer = browser.get(address)
            if answer.status != 200:
                raise RuntimeError(f"{address} answered {answer.status}")
            stage.figures.add(name, answer.seconds)


def pages_ratios(stage: Stage) -> None:
    """Name the pair and count queries."""
    stage.figures.ratio("module list, 100 rows", "tuple page, 100 rows", "aim 1.5")
    for product in (stage.few, stage.hundred):
        counts = product.measure("bench.queries")
        found = ", ".join(f"{name} {count}" for name, count in counts.items())
        stage.figures.fact(f"queries with {product.modules} modules and menu items: {found}")


def hop(stage: Stage) -> None:
    """Ask for a module's page through web and directly at the host."""
    product, size = stage.few, stage.sizes[0]
    _install(stage, product, size, package(size))
    _switch_to(stage, product, size, "enable", 200)
    for _number in range(_REQUESTS):
        with stage.figures.timed("hop: at the host's socket"):
            _ask_host(product, size.module_id)
        stage.figures.add("hop: through web", product.page(size.module_id).seconds)
        answer = product.browser.get("/api/m/none/")
        stage.figures.add("hop: web's own part (no such module)", answer.seconds)
    _switch_to(stage, product, size, "disable", 404)
    _remove(stage, product, size)


def hop_ratios(stage: Stage) -> None:
    """Take away what both ends cost by themselves."""
    parts = ("hop: at the host's socket", "hop: web's own part (no such module)")
    stage.figures.difference("added by the hop", "hop: through web", parts, "aim 1 ms")


def hooks(stage: Stage) -> None:
    """Call a hook of many modules in one process."""
    dispatch.dispatch(stage.figures)


def hooks_ratios(stage: Stage) -> None:
    """Name the pairs."""
    dispatch.ratios(stage.figures)


def load(stage: Stage) -> None:
    """Load many modules as the host does, and draw their entries."""
    loading.loading(stage.figures)


def load_ratios(stage: Stage) -> None:
    """Name the pairs."""
    loading.ratios(stage.figures)


def resolve(stage: Stage) -> None:
    """Plan over many modules."""
    dependencies.dependencies(stage.figures)


def resolve_ratios(stage: Stage) -> None:
    """Name the pairs."""
    dependencies.ratios(stage.figures)


def parse(stage: Stage) -> None:
    """Read every real manifest there is."""
    descriptors.descriptors(stage.figures)


def parse_ratios(stage: Stage) -> None:
    """Name the pairs."""
    descriptors.ratios(stage.figures)


def render(stage: Stage) -> None:
    """Write all files of Asterisk."""
    rendering.rendering(stage.figures)


def render_ratios(stage: Stage) -> None:
    """Name the pairs."""
    rendering.ratios(stage.figures)


def extensions(stage: Stage) -> None:
    """Draw the list of extensions with few and with many phones."""
    phones.phones(stage.figures, stage.few, tiny=len(stage.sizes) == 1)


def extensions_ratios(stage: Stage) -> None:
    """Name the pairs."""
    phones.ratios(stage.figures)


def apply(stage: Stage) -> None:
    """Change one phone of many and apply that."""
    applying.applying(stage.figures, tiny=stage.sizes[0].name == "tiny")


def apply_ratios(stage: Stage) -> None:
    """Name the aim."""
    applying.ratios(stage.figures)


@dataclass(frozen=True, slots=True)
class Scene:
    """A measurement that can be asked for by name."""

    play: Callable[[Stage], None]
    conclude: Callable[[Stage], None]


SCENES = {
    "install": Scene(install, install_ratios),
    "switch": Scene(switch, switch_ratios),
    "scale": Scene(scale, scale_ratios),
    "list": Scene(pages, pages_ratios),
    "hop": Scene(hop, hop_ratios),
    "hooks": Scene(hooks, hooks_ratios),
    "loading": Scene(load, load_ratios),
    "resolve": Scene(resolve, resolve_ratios),
    "parse": Scene(parse, parse_ratios),
    "extensions": Scene(extensions, extensions_ratios),
    "render": Scene(render, render_ratios),
    "apply": Scene(apply, apply_ratios),
}


def _with_module(
    stage: Stage, product: Product, size: Size, act: Callable[[Stage, Product, Size], None]
) -> None:
    """Install a module, upgrade it, do something with it, remove it."""
    _install(stage, product, size, package(size))
    _install(stage, product, size, package(size, "1.0.1"), verb="upgrade")
    act(stage, product, size)
    _remove(stage, product, size)


def _install(
    stage: Stage, product: Product, size: Size, content: bytes, verb: str = "install"
) -> None:
    name = stage.label(verb, size, product)
    with stage.figures.timed(f"{name}, form to end"):
        address = product.upload(content)
        ended = product.wait(product.ask(f"{address}install/"))
    _note(stage, name, ended)


def _switch(stage: Stage, product: Product, size: Size) -> None:
    _switch_to(stage, product, size, "enable", 200)
    _switch_to(stage, product, size, "disable", 404)


def _switch_to(stage: Stage, product: Product, size: Size, verb: str, status: int) -> None:
    """Ask for a verb; the clock stops at the first of several equal answers in a row."""
    name = stage.label(verb, size, product)
    started = shown = time.perf_counter()
    operation = product.ask(f"/modules/{size.module_id}/{verb}/")
    same = 0
    while same < _SAME_ANSWERS:
        answer = product.page(size.module_id)
        same = same + 1 if answer.status == status else 0
        if same == 1:
            shown = time.perf_counter()
        if time.perf_counter() - started > 60:
            raise RuntimeError(f"{name}: the page still answers {answer.status}")
    stage.figures.add(f"{name}, shown by all processes", shown - started)
    _note(stage, name, product.wait(operation))


def _remove(stage: Stage, product: Product, size: Size) -> None:
    name = stage.label("remove", size, product)
    address = f"/modules/{size.module_id}/remove/"
    ended = product.wait(product.ask(address, data="delete", typed=size.module_id))
    _note(stage, name, ended)


def _note(stage: Stage, name: str, ended: Ended) -> None:
    stage.figures.add(name, ended.seconds)
    stage.figures.add_steps(name, ended.steps)


def _ask_host(product: Product, module_id: str) -> None:
    run = product.data_dir / "run"
    statement = {
        "user_id": 1,
        "username": "admin",
        "name": "admin",
        "is_superuser": True,
        "permissions": ["view", "operate"],
        "module_id": module_id,
        "language": "en",
        "sequence": 0,
    }
    connection = HostConnection(_newest_socket(run), timeout=10)
    token = sign(statement, (run / "statement.key").read_text().strip())
    connection.request("GET", f"/m/{module_id}/", headers={HEADER: token})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"the host answered {answer.status}: {body[-500:]!r}")


def _newest_socket(run: Path) -> Path:
    return max(run.glob("host-*.sock"), key=lambda path: int(path.stem.removeprefix("host-")))
