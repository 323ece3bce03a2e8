"""The project's own files, as the tests of this folder see them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("modules_app", "telephony_app", "pbxadmin")


def python_files(*folders: str) -> list[Path]:
    """Return our Python files below the folders, without generated migrations."""
    found = [file for folder in folders or CODE for file in (ROOT / folder).rglob("*.py")]
    return sorted(file for file in found if "migrations" not in file.parts)


def templates() -> list[Path]:
    """Return all HTML templates of the project and its examples."""
    folders = ("templates", "modules_app", "telephony_app", "examples")
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.html"))


def shown(path: Path) -> str:
    """Return a path as messages name it."""
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text().splitlines())


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, by its absolute name; ``line`` is where it stands."""

    file: str
    line: int
    name: str

    @property
    def where(self) -> str:
        """The place as messages name it."""
        return f"{self.file}:{self.line} imports {self.name}"


def imports(path: Path) -> Iterator[Import]:
    """Yield every import of a file: at the top, in functions, relative and ``import_module``."""
    yield from imports_of(path.read_text(), shown(path))


def imports_of(text: str, file: str) -> Iterator[Import]:
    """Yield the imports of source text that stands in ``file`` (a path below the project)."""
    package = file.removesuffix(".py").removesuffix("/__init__").split("/")
    if not file.endswith("/__init__.py"):
        package.pop()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from (Import(file, node.lineno, f"{name}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _is_import_call(node):
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Import(file, node.lineno, argument.value)


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method and its length in lines, decorators not counted."""

    file: str
    name: str
    lines: int
    is_method: bool = False

    @property
    def where(self) -> str:
        """The place as messages name it."""
        return f"{self.file}: {self.name} has {self.lines} lines"


def functions(path: Path) -> Iterator[Function]:
    """Yield all functions and methods of a file."""
    tree = ast.parse(path.read_text())
    methods = {
        id(item) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for item in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(shown(path), node.name, length, id(node) in methods)


def _is_import_call(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("import_module", "__import__") and bool(node.args)
