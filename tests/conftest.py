"""Settings of hypothesis: the same small run for everybody, a long one on demand.

``HYPOTHESIS_PROFILE=explore`` draws new examples every time, ``thorough`` many more of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test may fail because the machine was busy.
_untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("small", _untimed, derandomize=True, database=None, max_examples=50)
settings.register_profile("explore", _untimed, max_examples=200, print_blob=True)
settings.register_profile("thorough", _untimed, max_examples=5_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "small"))


LONG = ("test_true_size.py", "test_true_paths.py", "test_ledger_trial.py", "test_ledger_backup.py")
"""Files that take a minute or more: begun last, one worker would do them while the other waits."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of long files first, all others in their order."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of this test process."""
    from ledgers import postgres

    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger may be made: once a SQLite file, once a database in PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    from ledgers import new_database

    return new_database(request.getfixturevalue("postgres_server"))
