"""The group `markcode`: help, version, wrong use, and how a run ends from outside."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import click
import pytest

import markcode
from cli_runner import process, python, run
from markcode.errors import ProfileError
from markcode_cli.main import COMMANDS
from markcode_cli.options import handle_errors, pairs


def test_version() -> None:
    assert run("--version") == (0, f"markcode {markcode.__version__}\n", "")


def test_help_lists_every_command_within_80_columns() -> None:
    status, out, err = run("--help")
    assert (status, err) == (0, "")
    listed = [line.split()[0] for line in out.partition("Commands:\n")[2].splitlines()]
    assert listed == list(COMMANDS)
    assert max(map(len, out.splitlines())) <= 80


def test_without_arguments_the_help_is_shown() -> None:
    status, out, err = run()
    assert status == 2
    assert out + err == run("--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_fits_80_columns(command: str) -> None:
    status, out, _ = run(command, "--help")
    assert status == 0
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["encod"], "No such command 'encod'"),
        (["check", "luhn"], "Missing argument 'TEXT...' (see markcode check --help)"),
        (["check", "luhn", "1", "--jsn"], "No such option '--jsn'"),
        (["verify", "--lang", "de", "X"], "'de' is not one of 'en', 'es', 'pt', 'fr'"),
    ],
)
def test_wrong_use_is_one_line(args: list[str], message: str) -> None:
    status, out, err = run(*args)
    assert (status, out) == (2, "")
    assert err.startswith("markcode: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_bad_language_in_the_environment_is_wrong_use() -> None:
    status, _, err = run("verify", "X", MARKCODE_LANG="xx")
    assert status == 2
    assert err.count("\n") == 1


# -- faults ----------------------------------------------------------------------------------


def _raises(fault: BaseException) -> Callable[[], None]:
    @handle_errors
    def fail() -> None:
        raise fault

    return fail


@pytest.mark.parametrize(
    ("fault", "status", "line"),
    [
        (ProfileError("no such\nformat"), 2, "markcode: no such format\n"),
        (FileNotFoundError(2, "No such file", "x.csv"), 2, "markcode: x.csv: No such file\n"),
        (OSError("odd"), 2, "markcode: odd\n"),
        (click.UsageError("give one."), 2, "markcode: give one.\n"),
        (KeyboardInterrupt(), 130, "markcode: interrupted\n"),
        (click.Abort(), 130, "markcode: interrupted\n"),
    ],
)
def test_a_fault_is_one_line_and_a_status(
    fault: BaseException, status: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _raises(fault)()
    assert (ended.value.code, capsys.readouterr().err) == (status, line)


def test_even_a_fault_of_ours_shows_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MARKCODE_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as ended:
        _raises(ZeroDivisionError("division by zero"))()
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "markcode: internal error, please report it: ZeroDivisionError: division by zero "
        "(set MARKCODE_TRACEBACK=1 to see where)\n"
    )


def test_pairs() -> None:
    assert pairs(["a=1", "b=", "c=x=y"], "--set X=Y") == {"a": "1", "b": "", "c": "x=y"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["country"], "--set X=Y: 'country' is not a name, '=' and a value"),
        (["=CO"], "--set X=Y: '=CO' is not a name, '=' and a value"),
        (["a=1", "a=2"], "--set X=Y: a is given twice"),
    ],
)
def test_pairs_refuses(values: list[str], message: str) -> None:
    with pytest.raises(click.UsageError) as refused:
        pairs(values, "--set X=Y")
    assert refused.value.message == message


# -- from outside ----------------------------------------------------------------------------


def test_marks_on_a_pipe_are_answered_as_they_come() -> None:
    """A scanner that types into a pipe sees each verdict before it sends the next mark."""
    with process("verify", "--format", "mosaic-0530", "--json", "-") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for mark in (b"CO INDU 26 07 01238 09\n", b"\n"):
            running.stdin.write(mark)
            running.stdin.flush()
            assert running.stdout.readline().startswith(b'{"input": "')
        running.stdin.close()
        assert running.wait() == 1


def test_a_reader_that_goes_away_ends_the_run_quietly() -> None:
    with process("verify", "--format", "mosaic-0530", "-") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(b"CO INDU 26 07 01238 09\n")
        running.stdin.flush()
        running.stdout.readline()
        running.stdout.close()
        running.stdin.write(b"CO INDU 26 07 01238 09\n")
        running.stdin.close()
        assert (running.wait(), running.stderr.read()) == (1, b"")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a child alone")
def test_an_interrupt_is_status_130() -> None:
    with process("verify", "--format", "mosaic-0530", "-") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(b"CO INDU 26 07 01238 09\n")
        running.stdin.flush()
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert (running.wait(), running.stderr.read()) == (130, b"markcode: interrupted\n")
        running.stdin.close()


def test_output_is_utf8_whatever_the_terminal_says() -> None:
    with process(
        "verify", "--lang", "es", "--format", "us-pmf", "\u0410", PYTHONIOENCODING="cp1252"
    ) as running:
        out, err = running.communicate()
    assert running.returncode == 1
    assert err == b""
    assert "\u0410" in out.decode("utf-8")


def test_the_group_is_light() -> None:
    """Commands, and what they need, are imported when they are used."""
    code = (
        "import sys, markcode_cli.main; "
        "print(sorted(name for name in sys.modules if name.startswith('markcode_cli.')), "
        "{'numpy', 'polars', 'PIL'} & set(sys.modules))"
    )
    with python("-c", code) as running:
        out, _ = running.communicate()
    names = ["markcode_cli.lazy", "markcode_cli.main", "markcode_cli.options"]
    assert out.decode().strip() == f"{names} set()"
