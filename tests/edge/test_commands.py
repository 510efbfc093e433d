"""The command line as a whole: its table, what every command says of itself, what it answers to what it cannot read."""

from __future__ import annotations

import importlib
import inspect
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tamis as library
from tamis.edge.cli import command, table
from tamis.edge.cli.command import Arguments, LazyCommand
from tamis.edge.cli.completion import SHELLS, script
from tamis.errors import install

ROOT = Path(__file__).parents[2]
PATHS = [path for path, _ in table.build().walk()]
TOY = '''
"""`tamis hello`: from outside."""

def add(parser):
    parser.add_argument("name")
    parser.add_argument("--loud", action="store_true", help="in capitals")

def run(arguments):
    print(arguments.name.upper() if arguments.loud else arguments.name)
    return 7
'''
WITHOUT = """
import sys
sys.modules["torch"] = None  # as if it were not installed
from tamis.edge.cli import main
sys.exit(main({argv}))
"""


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_fits_a_terminal_of_80_columns(path, tamis, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = tamis(*path, "--help")
    assert done.code == 0
    assert [line for line in done.text.splitlines() if len(line) > 80] == []
    assert "example" in done.text


def test_a_command_is_one_file_and_one_line(tamis, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "toy_command.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(table.COMMANDS, "hello", LazyCommand("toy_command", "greet somebody"))
    done = tamis("hello", "Ann", "--loud")
    assert (done.code, done.text) == (7, "ANN\n")
    assert re.search(r"hello +greet somebody", tamis("--help").text)
    assert "Greet somebody." in tamis("hello", "--help").text
    assert "hello" in script(table.build(), "bash")


def test_a_step_is_one_file_and_one_line(tamis, tmp_path: Path, monkeypatch) -> None:
    from tamis.edge.cli import bench

    (tmp_path / "toy_step.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(bench.STEPS, "hello", LazyCommand("toy_step", "greet somebody"))
    assert tamis("bench", "hello", "Ann").text == "Ann\n"


def test_making_every_help_loads_nothing_heavy() -> None:
    """Lists in help texts come from the tables of the rooms; none of these may cost a model runtime."""
    code = (
        "import sys\nfrom tamis.edge.cli.table import build\n"
        "for _, parser in build().walk(): parser.format_help()\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "transformers", "onnxruntime", "tokenizers", "rich", "tiktoken", "shtab", "scipy", "matplotlib"}
    assert heavy & set(done.stdout.split()) == set()


def test_a_command_loads_no_other(desk: Path) -> None:
    code = "import sys; from tamis.edge.cli import main; main(['models']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {name for name in done.stdout.split() if name.startswith("tamis.edge.cli.")}
    assert modules == {f"tamis.edge.cli.{name}" for name in ("command", "completion", "messages", "models", "table")}


def test_a_loaded_step_hides_no_function_of_its_command() -> None:
    """Importing a submodule `run` would put it where the command's `run` was."""
    for name, entry in table.COMMANDS.items():
        loaded = entry.load()
        for step in getattr(loaded, "STEPS", {}).values():
            step.load()
        assert callable(loaded.run), name
        assert callable(loaded.add), name


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_what_commands_declare_is_what_their_types_say(path) -> None:
    parser = dict(table.build().walk())[path]
    if not path or {"command", "step"} & {action.dest for action in parser.own_actions()}:
        return
    modules = {("distill", "run"): ("distill", "all_steps")}
    names = modules.get(path, path[:1] if path[0] in ("memory", "store", "hook") else path)
    module = importlib.import_module("tamis.edge.cli." + ".".join(names))
    typed = {name for kind in _argument_types(module) for name in _names(kind)}
    declared = {action.dest for action in parser.own_actions()} - {"help"}
    assert declared <= typed
    assert path[0] in ("memory", "hook") or typed - declared <= set(Arguments.__annotations__)


def _argument_types(module) -> list[type]:
    run = module.run.__annotations__["arguments"]
    return [getattr(module, run)] if isinstance(run, str) else [run]


def _names(kind: type) -> set[str]:
    return {name for parent in kind.__mro__ for name in inspect.get_annotations(parent)}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["comprss", "good.txt"], "invalid choice: 'comprss'. Did you mean compress?"),
        (["compress", "good.txt", "--rat=0.3", "--tokns", "5"], "--tokns 5. Did you mean --tokens?"),
        (["memory", "shwo"], "invalid choice: 'shwo'. Did you mean show?"),
        (["remember", "--kind", "whatsap"], "invalid choice: 'whatsap'. Did you mean whatsapp?"),
        (["distill", "run", "--techer", "x"], "."),
        (["compress", "--zzz"], "unrecognized arguments: --zzz. `tamis compress --help` lists what there is."),
        (["bench", "zzz"], "invalid choice: 'zzz'. Choose from"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_misspelt_is_answered_with_a_guess(argv: list[str], says: str, tamis) -> None:
    done = tamis(*argv)
    assert (done.code, done.out) == (2, b"")
    assert says in done.err


@pytest.mark.parametrize("path", [path for path in PATHS if path], ids=" ".join)
def test_an_unknown_option_shows_the_usage_of_its_own_command(path, tamis) -> None:
    done = tamis(*path, "--nope")
    assert done.code == 2
    assert done.err.startswith(f"usage: tamis {' '.join(path)} [-h]")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_its_completion(shell: str, tamis) -> None:
    done = tamis("--print-completion", shell)
    assert done.code == 0
    for word in ("compress", "scbench", "longllmlingua", "whatsapp"):
        assert word in done.text


def test_bash_completes(desk: Path, tamis) -> None:
    (desk / "complete").write_bytes(tamis("--print-completion", "bash").out)
    ask = (
        "source complete; COMP_WORDS=({}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); "
        '_shtab_tamis; echo "${{COMPREPLY[@]}}"'
    )
    for line, words in {
        "tamis re": "restore redact remember recall",
        "tamis compress --method tru": "truncate",
        "tamis memory sh": "show",
        "tamis compress go": "good.txt",
    }.items():
        done = subprocess.run(["bash", "-c", ask.format(line)], capture_output=True, text=True, check=False)
        assert done.stdout.strip() == words, (line, done.stderr)


def test_the_man_page_has_every_command_and_option() -> None:
    page = (ROOT / "docs" / "tamis.1").read_text(encoding="utf-8").replace("\\", "")
    for path, parser in table.build().walk():
        assert not path or f"\\fBtamis {' '.join(path)}".replace("\\", "") in page
        options = [name for action in parser.own_actions() for name in action.option_strings]
        assert [name for name in options if name not in page and name not in ("-h", "--help")] == []
    assert "docs/tamis.1" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_a_missing_extra_is_an_error_that_says_how_to_get_it(desk: Path) -> None:
    for argv in (["bench", "scbench", "--list"], ["bench", "scbench", "--out", "x"]):
        code = WITHOUT.format(argv=argv)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr.startswith("tamis: error: This needs the package 'torch'.\n  Install it with: pip install ")
        assert "Traceback" not in done.stderr


def test_the_install_command_names_versions_that_are_known_to_work() -> None:
    match = re.fullmatch(r"pip install 'tamis\[torch\]' -c (\S+)", install("torch"))
    assert match is not None
    assert "torch==" in Path(match[1].strip("'")).read_text(encoding="utf-8")
    assert 'force-include = {"constraints.txt"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_listings_are_wrapped() -> None:
    text = command.listing("names", {"a": "word " * 30, "longer": "short"})
    assert max(map(len, text.splitlines())) <= 78
    assert text.startswith("names:\n  a       word word")


# What asks for something in vain is told so; `--quiet` means it.

FAST = ("--method", "truncate")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--keep", "Aalto", "--keep", "EIP-[0-9]+"], "tamis: --keep 'EIP-[0-9]+' matches nothing in the input.\n"),
        (["--ranker", "bm25"], "tamis: --ranker 'bm25' ranks nothing without a question: add -q TEXT.\n"),
        (["-t", "0"], "tamis: nothing is kept: no word fits a budget of 0 tokens. Ask for more.\n"),
        (["-r", "0"], "tamis: nothing is kept: no word fits a budget of rate 0. Ask for more.\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_asked_for_in_vain_is_said(argv: list[str], says: str, tamis) -> None:
    done = tamis("compress", "good.txt", *FAST, *argv)
    assert done.code == 0
    assert done.err.startswith(says)
    assert tamis("compress", "good.txt", *FAST, *argv, "--quiet").err == ""
    batch = tamis("compress", "good.txt", "--out", "out", *FAST, *argv)
    assert batch.code == 0
    assert says in batch.err


def test_what_is_asked_for_with_effect_is_not(tamis) -> None:
    argv = ("--keep", "Aalto", "-q", "Who writes?", "--ranker", "bm25", "-t", "30", "--method", "bm25-sentences")
    assert tamis("compress", "good.txt", *argv).err.count("\n") == 1
    assert tamis("compress", *FAST, "-t", "0", stdin=b"").err.count("\n") == 1


@pytest.mark.parametrize("question", ["", "  \n"])
def test_an_empty_question_is_an_error(question: str, tamis) -> None:
    for argv in (["compress", "good.txt", "-q"], ["recall"], ["memory", "show", "-q"]):
        done = tamis(*argv, question)
        assert (done.code, done.out) == (2, b"")
        assert f"error: The question {question!r} is empty." in done.err


def test_the_limit_that_a_large_file_is_told_suffices(desk: Path, tamis) -> None:
    with (desk / "large.txt").open("wb") as file:
        file.write(b"x " * (20 * 2**19) + b"x")  # 20 MB and a byte
    hint = re.search(r"--max-mb (\d+)", tamis("compress", "large.txt", *FAST).err)
    assert hint is not None
    assert hint[1] == "21"
    assert "more than 20 MB" in tamis("compress", "large.txt", *FAST, "--max-mb", "20").err


def test_standard_input_that_is_too_large_is_told_no_wrong_limit(tamis, monkeypatch) -> None:
    done = tamis("compress", *FAST, "--max-mb", "1", stdin=b"x " * 2**20)
    assert "--max-mb N" in done.err


def test_json_without_words(tamis) -> None:
    whole = tamis("compress", "good.txt", "-t", "20", *FAST, "--json").json
    small = tamis("compress", "good.txt", "-t", "20", *FAST, "--json", "--no-words").json
    assert {name: value for name, value in whole.items() if name not in ("kept", "dropped")} == small
    assert "Add --json" in tamis("compress", "good.txt", *FAST, "--no-words").err


def test_a_text_is_compressed_once(tamis, monkeypatch) -> None:
    calls = []
    compress = library.compress
    monkeypatch.setattr("tamis.prompt.compress", lambda *args, **named: calls.append(args) or compress(*args, **named))
    done = tamis("compress", "good.txt", "-r", "0.5")
    assert re.search(
        r", \d+\.\d\d s, [\d,]+ tokens/s \(loading: \d+\.\d\d s\)(; left out of sentences that stay: [^\n]+)?\n$",
        done.err,
    )
    assert len(calls) == 1


class Terminal(io.StringIO):
    """A stderr that somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("option", ["--quiet", "--no-progress"])
def test_bars_can_be_switched_off(option: str, tamis, desk: Path, monkeypatch) -> None:
    for argv in (
        ("compress", "good.txt", "--out", "out", *FAST),
        ("remember", "good.txt", "--memory", "new.db"),
    ):
        screen = Terminal()
        monkeypatch.setattr(sys, "stderr", screen)
        assert tamis(*argv, option).code == 0
        assert "\x1b" not in screen.getvalue()
        assert screen.getvalue().count("\n") == (option == "--no-progress")


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_what_shows_a_bar_can_hide_it(path) -> None:
    """`--no-progress` never without `--quiet`."""
    options = {name for action in dict(table.build().walk())[path].own_actions() for name in action.option_strings}
    assert "--no-progress" not in options or "--quiet" in options
