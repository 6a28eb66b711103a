"""Run one function in a process of its own, and measure its time and its peak memory there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.work import Ran

__all__ = ["run"]


def run(function: str, *arguments: Any) -> Ran:
    """Run ``function``, written ``module:name``, with arguments that JSON can hold.

    The time is that of the call, without the start of the process. Raises
    `subprocess.CalledProcessError` if the function fails.
    """
    command = [sys.executable, "-m", "benchmarks.child", function, json.dumps(arguments)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    return Ran(**json.loads(told.splitlines()[-1]))


def _peak() -> int | None:
    """Return the most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux: what getrusage tells includes what the parent had when it forked.
        lines = status.read_text(encoding="ascii").splitlines()
        found = next((line for line in lines if line.startswith("VmHWM:")), None)
        return None if found is None else int(found.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _main(function: str, arguments: str) -> None:
    module, _, name = function.partition(":")
    call = getattr(import_module(module), name)
    start = time.perf_counter()
    call(*json.loads(arguments))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak": _peak()}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
