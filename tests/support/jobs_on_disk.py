"""Jobs on disk, altered as an accident or a deceiver would."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

__all__ = ["reseal"]


def reseal(folder: Path) -> None:
    """Write sizes and hashes anew, as somebody who wants to deceive would."""
    path = folder / "manifest.json"
    head = json.loads(path.read_text(encoding="utf-8"))
    for file in head["files"]:
        content = (folder / file["name"]).read_bytes()
        file["bytes"], file["sha256"] = len(content), hashlib.sha256(content).hexdigest()
    path.write_text(json.dumps(head, indent=2), encoding="utf-8")
