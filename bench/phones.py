"""The list of extensions: its pages with few and with many phones, on the same server."""

from __future__ import annotations

from bench.figures import Figures
from bench.servers import Product

FEW, MANY = 100, 10_000
_REQUESTS = 10
PAGES = {
    "first page": "/extensions/",
    "last page": "/extensions/?page=1000",
    "by name": "/extensions/?sort=-name",
    "search": "/extensions/?q=Person",
}


def phones(figures: Figures, product: Product, *, tiny: bool) -> None:
    """Measure one round: every page with few phones, then with many."""
    for label, count in (("few", FEW), ("many", FEW * 2 if tiny else MANY)):
        product.measure("bench.fill_phones", str(count))
        for address in PAGES.values():
            _get(product, address)
        for name, address in PAGES.items():
            for _number in range(_REQUESTS):
                figures.add(_title(name, label), _get(product, address))


def ratios(figures: Figures) -> None:
    """Name the pairs."""
    for name in PAGES:
        figures.ratio(_title(name, "many"), _title(name, "few"), "aim 2")


def _title(name: str, label: str) -> str:
    return f"extensions, {name}, {FEW if label == 'few' else MANY:,} phones"


def _get(product: Product, address: str) -> float:
    answer = product.browser.get(address)
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return answer.seconds
