"""Reading real manifests: our reader, bare lxml, and PHP's SimpleXML where php is installed.

The folder of real manifests is the one that PBX_CORPUS_DIR names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from lxml import etree

from bench.figures import Figures
from modules_app.manifests.reader import read_manifest

_PHP = """
if (!function_exists('simplexml_load_string')) { echo 0; exit; }
$files = json_decode(stream_get_contents(STDIN), true);
$texts = array_map('file_get_contents', $files);
$began = hrtime(true);
foreach ($texts as $text) { simplexml_load_string($text); }
echo (hrtime(true) - $began) / 1e9;
"""
_OURS, _LXML, _SIMPLE = "our reader, a file", "bare lxml, a file", "PHP SimpleXML, a file"


def descriptors(figures: Figures) -> None:
    """Measure one round over all files; the figures are those of one file."""
    files = _files()
    if not files:
        return
    texts = [path.read_bytes() for path in files]
    for name, read in ((_LXML, etree.fromstring), (_OURS, _read)):
        started = time.perf_counter()
        for text in texts:
            read(text)
        figures.add(name, (time.perf_counter() - started) / len(texts))
    if (php := shutil.which("php")) and (seconds := _simple_xml(php, files)):
        figures.add(_SIMPLE, seconds / len(texts))


def ratios(figures: Figures) -> None:
    """Name the pairs and the aim."""
    found = len(_files())
    figures.fact(f"manifests read: {found} (PBX_CORPUS_DIR names where they are)")
    figures.ratio(_OURS, _LXML, "aim 5")
    figures.ratio(_OURS, _SIMPLE, "no aim")


def _read(text: bytes) -> None:
    read_manifest("module.xml", text)


def _files() -> list[Path]:
    """Return the manifests that are well-formed."""
    folder = os.environ.get("PBX_CORPUS_DIR", "")
    if not folder:
        return []
    found = sorted(Path(folder).glob("freepbx*/*.module.xml"))
    return [path for path in found if _is_well_formed(path.read_bytes())]


def _is_well_formed(text: bytes) -> bool:
    try:
        etree.fromstring(text)
    except etree.XMLSyntaxError:
        return False
    return True


def _simple_xml(php: str, files: list[Path]) -> float:
    """Return the seconds, 0 where this PHP has no SimpleXML."""
    done = subprocess.run(  # noqa: S603 - the path of php, and a script of ours
        [php, "-r", _PHP],
        input=json.dumps([str(path) for path in files]),
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return float(done.stdout)
