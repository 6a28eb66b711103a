"""What the figures were found with: the machine, its system and the versions."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["describe"]

_PACKAGES = (
    *("markcode", "click", "numpy", "polars", "zxing-cpp", "pillow"),
    *("zint-bindings", "ppf.datamatrix", "python-stdnum", "biip", "pyarrow"),
)
_MISSING = "not installed"


def describe(more: Sequence[str] = ()) -> dict[str, str]:
    """Return what there is to say, by label; ``more`` are further packages."""
    return {
        "CPU": _cpu(),
        "Cores": str(os.cpu_count()),
        "Memory": _memory(),
        "System": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        **{package: _version(package) for package in (*_PACKAGES, *more)},
        "zint, the command": _zint(),
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            label, _, model = line.partition(":")
            if label.strip() == "model name":
                return model.strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names:
        return "not known"
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{size / 2**30:.1f} GiB"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _MISSING


def _zint() -> str:
    program = shutil.which("zint")
    if program is None:
        return _MISSING
    told = subprocess.run(
        [program, "--version"], capture_output=True, encoding="utf-8", check=False
    )
    return told.stdout.strip().removeprefix("Zint version ")
