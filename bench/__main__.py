"""``python -m bench [--rounds N] [--only SCENE] [--tiny]``: measure and print."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from bench.disk import measuring_disk
from bench.figures import Figures, probe
from bench.payload import SIZES, TINY
from bench.scenes import SCENES, Stage
from bench.servers import Product, baseline

NOISE = "noise: a fixed piece of work"
TOO_NOISY = 1.3


def main() -> None:
    """Play the scenes round by round, so that a slow minute hits all of them alike."""
    options = _options()
    names = [options.only] if options.only else list(SCENES)
    figures = Figures()
    with ExitStack() as stack:
        folder, sentence = stack.enter_context(measuring_disk(wanted=not options.tiny))
        stage = _stage(stack, folder, figures, names, options.tiny)
        for _number in range(options.rounds):
            for name in names:
                figures.add(NOISE, probe())
                SCENES[name].play(stage)
        for name in names:
            SCENES[name].conclude(stage)
    if figures.spread(NOISE) > TOO_NOISY:
        figures.fact("ATTENTION: other work kept the machine busy; read the minima, not the rest.")
    print("\n".join([sentence, *figures.lines(options.steps)]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=list(SCENES))
    parser.add_argument("--steps", action="store_true", help="print the stages of operations, too")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes: to see that it works")
    return parser.parse_args()


def _stage(stack: ExitStack, folder: Path, figures: Figures, names: list[str], tiny: bool) -> Stage:
    if tiny:
        few, many = _product(stack, folder, 1), _product(stack, folder, 2)
        hundred = many
    else:
        few = _product(stack, folder, 10)
        many = _product(stack, folder, 500) if "scale" in names else few
        hundred = _product(stack, folder, 100) if "list" in names else few
    browser = stack.enter_context(baseline(folder / "baseline"))
    return Stage(few, many, hundred, browser, figures, (TINY,) if tiny else SIZES)


def _product(stack: ExitStack, folder: Path, modules: int) -> Product:
    product = Product(folder / f"modules{modules}", modules)
    stack.callback(product.stop)
    product.start()
    return product


if __name__ == "__main__":
    main()
