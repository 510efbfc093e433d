"""Files, folders and patterns become a list of files and places for their results."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tamis.errors import InvalidInput, UnreadableInput
from tamis.io.inputs import expand, plan

OUT = Path("out")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a/x.txt", "a/deep/y.md", "b/x.txt", "a/.hidden", "a/.git/config", "top.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(*names: str, suffix: str = "") -> dict[str, str]:
    jobs, failures = plan(names, OUT, suffix=suffix)
    assert not failures
    return {job.path: str(job.target) for job in jobs}


def test_one_folder_is_mirrored_from_itself_without_what_is_hidden(desk: Path) -> None:
    assert places("a") == {"a/x.txt": "out/x.txt", "a/deep/y.md": "out/deep/y.md"}


def test_files_of_one_folder_keep_their_names(desk: Path) -> None:
    assert places("a/x.txt") == {"a/x.txt": "out/x.txt"}
    assert places("a/x.txt", suffix=".json") == {"a/x.txt": "out/x.txt.json"}


def test_several_roots_are_mirrored_from_what_they_share(desk: Path) -> None:
    assert places("a/x.txt", "b/x.txt") == {"a/x.txt": "out/a/x.txt", "b/x.txt": "out/b/x.txt"}
    assert places("a", "b")["b/x.txt"] == "out/b/x.txt"
    assert places("top.md", "a")["a/deep/y.md"] == "out/a/deep/y.md"


def test_patterns_are_mirrored_from_before_their_wildcards(desk: Path) -> None:
    assert places("a/**/*.md") == {"a/deep/y.md": "out/deep/y.md"}
    assert set(places("*/x.txt").values()) == {"out/a/x.txt", "out/b/x.txt"}


def test_a_file_that_is_named_twice_is_compressed_once(desk: Path) -> None:
    assert list(places("a/x.txt", "a", str(desk / "a" / "x.txt")).values()).count("out/x.txt") == 1


def test_results_are_not_taken_for_inputs(desk: Path) -> None:
    (desk / "out").mkdir()
    (desk / "out" / "x.txt").write_text("")
    assert not any(path.startswith("./out") for path in places("."))


def test_a_pipe_in_a_folder_is_left_alone(desk: Path) -> None:
    os.mkfifo(desk / "b" / "pipe")
    assert list(places("b")) == ["b/x.txt"]


def test_what_leads_nowhere_is_a_failure_and_stops_nothing(desk: Path) -> None:
    (desk / "b" / "broken").symlink_to("nowhere")
    jobs, failures = plan(["*.rst", "b"], OUT)
    assert [failure.path for failure in failures] == ["*.rst"]
    assert [job.path for job in jobs] == ["b/broken", "b/x.txt"]  # reading the broken link will say what is wrong


def test_a_name_with_brackets_is_a_name_if_it_exists(desk: Path) -> None:
    (desk / "[draft].txt").write_text("")
    assert expand(["[draft].txt"]) == ["[draft].txt"]


def test_expanding(desk: Path) -> None:
    assert expand(["top.md", "*/x.txt", "-", "missing.txt"]) == ["top.md", "a/x.txt", "b/x.txt", "-", "missing.txt"]
    with pytest.raises(UnreadableInput, match=r"No file matches '\*\.rst'"):
        expand(["*.rst"])


def test_standard_input_has_no_place(desk: Path) -> None:
    with pytest.raises(InvalidInput, match="Standard input"):
        plan(["-"], OUT)
