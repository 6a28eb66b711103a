"""What is timed: our way, the peers' ways, and what is to be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Call", "Contest", "Measure", "Peer", "Ran", "Target", "Work", "peer"]

Call = Callable[[], object]
"""Does the whole work once. What it returns is dropped, unless it is a `Ran`."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A call that timed itself, such as one in a child process: see child.py."""

    seconds: float
    peak: int | None = None
    """Most memory in use, in bytes; None where the system does not tell."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program's way to do the same."""

    call: Call | None
    """None where the package is not installed."""
    package: str
    rows: int | None = None
    """Rows that one call does, where a slow peer does fewer than ours."""


def peer(package: str, make: Callable[[], Call], rows: int | None = None) -> Peer:
    """Return the peer whose call ``make`` gives; one without a call if its import fails."""
    try:
        return Peer(make(), package, rows)
    except ImportError:
        return Peer(None, package, rows)


Measure = Literal["times", "takes", "rate", "seconds", "peak"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached: so many times a peer, or a bound of our own."""

    measure: Measure
    """At least: so many ``times`` a peer's rate, or a ``rate`` in rows a second. At most: what a
    row ``takes``, as a multiple of a peer's time; ``seconds``; ``peak`` in bytes."""
    bound: float
    peer: str | None = None

    def met(self, found: float) -> bool:
        """Return whether ``found`` reaches the target."""
        return found >= self.bound if self.measure in ("times", "rate") else found <= self.bound


@dataclass(frozen=True, slots=True)
class Contest:
    """What is timed, with its data ready."""

    ours: Call
    peers: Mapping[str, Peer] = field(default_factory=dict)
    notes: Callable[[], Iterable[str]] = tuple
    """What else is to be said, looked for once all is timed; raises what makes the work wrong."""


@dataclass(frozen=True, slots=True)
class Work:
    """One line of the benchmark."""

    name: str
    """Short; what ``--only`` looks for."""
    what: str
    """One sentence: the data and what is done with them."""
    rows: int
    """Rows that one call of ours does."""
    make: Callable[[], Contest]
    """Makes the data; called when the work's turn has come."""
    targets: tuple[Target, ...] = ()
    rounds: int | None = None
    """Rounds that are timed; None leaves it to the runner. A work of one round is not warmed up."""
