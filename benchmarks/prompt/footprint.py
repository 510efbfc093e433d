"""What tamis costs on disk and in memory: a default install in a fresh environment, and a megabyte of text."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.common import measure
from benchmarks.common.texts import ROOT, megabyte

MB = 1_000_000
NOT_OURS = ("pip", "setuptools", "_distutils_hack", "distutils-precedence.pth")  # what venv puts there


def run(data: Path) -> dict[str, Any]:
    """Install into a fresh environment, sum it up, and run a megabyte through its command."""
    with tempfile.TemporaryDirectory() as folder:
        python = fresh(Path(folder))
        sizes, compiled = installed(python), installed(python, "*.pyc")
        text = Path(folder) / "megabyte.txt"
        text.write_text(megabyte(data), encoding="utf-8")
        memory = [peak(python.with_name("tamis"), text) for _ in range(3)]
    return {
        "machine": measure.machine(),
        "installed MB": sum(sizes.values()) / MB,
        "of that .pyc MB": sum(compiled.values()) / MB,
        "packages": [{"package": name, "MB": size / MB} for name, size in sizes.most_common(10)],
        "peak MB": max(m["MB"] for m in memory),
        "text bytes": MB,
        "seconds": measure.median(m["seconds"] for m in memory),
    }


def fresh(folder: Path) -> Path:
    """Create an environment with the default install of this checkout; return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-c", ROOT / "constraints.txt", ROOT], check=True)
    return python


def installed(python: Path, pattern: str = "*") -> Counter[str]:
    """Bytes on disk by top-level entry of site-packages, pip left out."""
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    sizes: Counter[str] = Counter()
    for file in site.rglob(pattern):
        top = file.relative_to(site).parts[0]
        name = top.split("-")[0].removesuffix(".libs").removesuffix(".py")
        if file.is_file() and name not in NOT_OURS and top not in NOT_OURS:
            sizes[name] += file.stat().st_size
    return sizes


def peak(command: Path, text: Path) -> dict[str, float]:
    """Largest resident memory of one `tamis compress` over the file."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen([command, "compress", text, "--rate", "0.33"], stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        if child.returncode:
            raise RuntimeError(f"{command} failed: {err.read().decode(errors='replace')[-500:]}")
    return {"MB": usage.ru_maxrss * 1024 / MB, "seconds": time.perf_counter() - start}


def show(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    packages = measure.table(result["packages"], ("package", "MB"))
    size = f"installed {result['installed MB']:.0f} MB, of that {result['of that .pyc MB']:.0f} MB .pyc (bar: 200)"
    memory = f"peak memory on {result['text bytes']:,} bytes: {result['peak MB']:.0f} MB (bar: 500)"
    return f"{packages}\n\n{size}\n{memory}, {result['seconds']:.1f} s"
