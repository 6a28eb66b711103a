"""The benchmark's frame: what it tells of works whose times are known."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import child, report
from benchmarks.runner import Result, Timed, measure
from benchmarks.work import Call, Contest, Peer, Ran, Target, Work, peer
from benchmarks.works import every_work


def lasting(*seconds: float, peak: int | None = None) -> Call:
    """Return a call that says it took so long, one figure after the other, then the last."""
    left = list(seconds)
    return lambda: Ran(left.pop(0) if len(left) > 1 else left[0], peak)


def gone() -> Call:
    raise ModuleNotFoundError("No module named 'gone'")


def example() -> Work:
    return Work(
        name="a work",
        what="Nothing is done.",
        rows=1000,
        make=lambda: Contest(
            lasting(0.5, peak=2_000_000_000),
            {"slow": Peer(lasting(1.0), "slow-package", rows=100), "gone": peer("gone", gone)},
        ),
        targets=(
            Target("times", 20, "slow"),
            Target("times", 5, "gone"),
            Target("rate", 3000),
            Target("seconds", 0.5),
            Target("peak", 1e9),
        ),
    )


class TestRunner:
    def test_rates_and_targets(self) -> None:
        result = measure(example(), 3)
        assert result.ours.rate == 2000
        assert result.times("slow") == 20
        assert result.peers["gone"] is None and result.times("gone") is None
        assert [reached.met for reached in result.reached] == [True, None, False, True, False]

    def test_medians_by_round_after_a_warm_up(self) -> None:
        """A round in which all were slow does not count against one of them."""
        contest = Contest(lasting(99, 1, 4, 2), {"p": Peer(lasting(99, 3, 12, 2), "p")})
        result = measure(Work("w", "", 10, lambda: contest), 3)
        assert result.ours.seconds == (1, 4, 2)
        assert result.ours.rate == 5
        assert result.times("p") == 3

    def test_interleaved(self) -> None:
        order: list[str] = []

        def noted(name: str) -> Callable[[], None]:
            return lambda: order.append(name)

        contest = Contest(noted("ours"), {"p": Peer(noted("p"), "p")})
        measure(Work("w", "", 1, lambda: contest), 2)
        assert order == ["ours", "p"] * 3

    def test_a_long_work_runs_once(self) -> None:
        calls: list[int] = []
        contest = Contest(lambda: calls.append(1))
        result = measure(Work("w", "", 1, lambda: contest, rounds=1), 7)
        assert len(calls) == 1 and len(result.ours.seconds) == 1
        assert result.ours.seconds[0] > 0


class TestReport:
    RESULT: Result = measure(example(), 3)

    def test_the_table(self) -> None:
        assert [report.heading(), *report.lines(self.RESULT)] == [
            "work                      ours/s peer                 peer/s  times       target",
            "a work                     2.00k slow                    100     20       20 met",
            "                                 gone                missing              5 open",
            "                                 (rate 2.00k)                       3.00k missed",
            "                                 (seconds 0.5s)                         0.5s met",
            "                                 (peak 2GB)                           1GB missed",
        ]

    def test_every_work_fits(self) -> None:
        works = [*every_work(quick=True), *every_work(quick=False)]
        assert works
        for work in works:
            peers = {target.peer: None for target in work.targets if target.peer}
            result = Result(work, Timed(work.rows, (1.0,)), peers, {})
            assert max(map(len, report.lines(result))) <= 80

    def test_json(self) -> None:
        told = json.loads(json.dumps(report.as_json([self.RESULT], {"date": "2026-11-25"})))
        assert told["date"] == "2026-11-25"
        (work,) = told["works"]
        assert work["rate"] == 2000 and work["peak"] == 2_000_000_000
        assert work["peers"]["gone"] == {"package": "gone", "missing": True}
        assert work["peers"]["slow"]["times"] == 20
        assert [target["met"] for target in work["targets"]] == [True, None, False, True, False]

    def test_the_page_names_the_misses(self) -> None:
        text = report.page([self.RESULT], {"CPU": "any"}, "2026-11-25", quick=False)
        assert "`make bench` on 2026-11-25" in text
        assert "| a work | 2.00k | slow | 100 | 20 | 20 met |" in text
        missed = text.partition("## Targets missed\n")[2].partition("\n## ")[0]
        assert missed.split("\n- ")[1:] == [
            "a work: times gone not measured, target 5",
            "a work: rate 2.00k, target 3.00k",
            "a work: peak 2GB, target 1GB\n",
        ]
        assert "| CPU | any |" in text


class TestChild:
    def test_time_and_peak_are_the_childs_own(self) -> None:
        ballast = bytes(50_000_000)
        small, great = (child.run("builtins:bytearray", size) for size in (10, 200_000_000))
        assert len(ballast) and 0 < small.seconds < great.seconds
        if sys.platform != "win32":
            assert small.peak is not None and great.peak is not None
            assert small.peak < 60_000_000
            assert great.peak - small.peak > 150_000_000


class TestCommand:
    def test_it_writes_what_it_found(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.give(monkeypatch, tmp_path)
        told = tmp_path / "found.json"
        assert command.main(["--json", str(told), "--write", "--date", "2026-01-02"]) == 0
        assert "a work" in capsys.readouterr().out
        assert json.loads(told.read_text(encoding="utf-8"))["machine"]["Python"]
        assert "2026-01-02" in (tmp_path / "performance.md").read_text(encoding="utf-8")

    def test_only(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.give(monkeypatch, tmp_path)
        assert command.main(["--only", "WORK", "--quick"]) == 0
        assert command.main(["--only", "other"]) == 2
        assert capsys.readouterr().err == "no work is called other: there are a work\n"
        assert not (tmp_path / "performance.md").exists()

    def give(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        monkeypatch.setattr(command, "every_work", lambda quick: iter([example()]))
        monkeypatch.setattr(command, "_PAGE", folder / "performance.md")
