"""The benchmark's frame: what it tells of works whose times are known."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from benchmarks import __main__ as command
from benchmarks import arms, child, report
from benchmarks.runner import Result, Timed, measure
from benchmarks.work import Call, Contest, Peer, Ran, Target, Work, peer
from benchmarks.works import every_work, year
from markcode.symbols.datamatrix import encode_many


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

    def test_what_a_row_takes_beside_a_peer(self) -> None:
        contest = Contest(lasting(5.0), {"p": Peer(lasting(2.0), "p"), "gone": peer("gone", gone)})
        targets = (Target("takes", 2.5, "p"), Target("takes", 2.4, "p"), Target("takes", 9, "gone"))
        result = measure(Work("w", "", 1, lambda: contest, targets), 3)
        assert [(r.found, r.met) for r in result.reached] == [
            (2.5, True),
            (2.5, False),
            (None, None),
        ]

    def test_notes_are_looked_for_once_all_is_timed(self) -> None:
        calls: list[str] = []
        contest = Contest(lambda: calls.append("timed"), notes=lambda: [f"{len(calls)} calls"])
        assert measure(Work("w", "", 1, lambda: contest), 2).notes == ("3 calls",)

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

    def test_the_table_of_what_a_row_takes_and_of_notes(self) -> None:
        contest = Contest(
            lasting(0.1), {"p": Peer(lasting(0.04), "p")}, notes=lambda: ["word " * 20]
        )
        result = measure(Work("w", "", 1, lambda: contest, (Target("takes", 2.4, "p"),)), 1)
        assert list(report.lines(result)) == [
            "w                           10.0 p                      25.0    0.4",
            "                                 (takes 2.5 times)                  <=2.4 missed",
            "  " + "word " * 14 + "word",
            "  " + "word " * 4 + "word",
        ]
        text = report.page([result], {}, "2026-11-25", quick=False)
        assert "- w: takes p 2.5, target <=2.4\n" in text
        assert "- **w**: \n  - word word" in text
        assert report.as_json([result], {})["works"][0]["notes"] == ("word " * 20,)

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


class TestArms:
    def test_the_year_is_what_each_maker_made(self, tmp_path: Path) -> None:
        """A table of half as many arms has half of each maker's, and none twice."""
        table = pl.read_csv(arms.write(tmp_path / "a.csv", 94_571, range(2014, 2024)))
        assert arms.made_in_2023() == 9_457_184
        counts = dict(table.group_by("manufacturer").len().rows())
        assert abs(counts["SIGS"] - (939_480 + 56_007 + 18_839) / 100) <= 3
        assert abs(counts["STUR"] - (505_735 + 177_366 + 621_521 + 6 + 987) / 100) <= 5
        assert len(table) == 94_571
        assert table.select("manufacturer", "serial").is_duplicated().sum() == 0
        assert set(table["year"]) == set(range(2014, 2024))

    def test_always_the_same(self, tmp_path: Path) -> None:
        one, other = (arms.write(tmp_path / name, 1000).read_bytes() for name in "ab")
        assert one == other


class TestYear:
    ROWS = 1_100

    def test_symbols_are_read_back(self, tmp_path: Path) -> None:
        self.job(tmp_path, [f"US SIGS 23 07 {n:07} 9MM" for n in range(self.ROWS)])
        notes = list(year.looked_at(tmp_path, self.ROWS))
        assert notes[0].startswith("manifest of job abc: rows 1,100, marks 1,100; 0 files")
        assert notes[1] == "symbols: 1,100 of 18x18"

    def test_a_wrong_symbol_fails(self, tmp_path: Path) -> None:
        payloads = [f"US SIGS 23 07 {n:07} 9MM" for n in range(self.ROWS)]
        self.job(tmp_path, [*payloads[1:], payloads[0]], payloads)
        with pytest.raises(ValueError, match="is read as"):
            list(year.looked_at(tmp_path, self.ROWS))

    def test_a_missing_mark_fails(self, tmp_path: Path) -> None:
        self.job(tmp_path, ["A1"] * self.ROWS)
        with pytest.raises(ValueError, match="not 1101 marks"):
            list(year.looked_at(tmp_path, self.ROWS + 1))

    def job(self, folder: Path, drawn: list[str], payloads: list[str] | None = None) -> None:
        counts = {"rows": self.ROWS, "marks": self.ROWS}
        manifest = json.dumps({"job": "abc", "counts": counts, "files": []})
        (folder / "manifest.json").write_text(manifest, encoding="utf-8")
        (folder / "parquet").mkdir()
        table = encode_many(drawn).table().with_columns(payload=pl.Series(payloads or drawn))
        table[:1000].write_parquet(folder / "parquet" / "00001.parquet")
        table[1000:].write_parquet(folder / "parquet" / "00002.parquet")


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
