"""Reading is strict, writing is whole or not at all."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import OutputError, UnreadableInput
from tamis.io.files import LIMIT, atomic, atomic_folder, decode, read_text, refuse_overwriting, write


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))))
def test_decoding_undoes_encoding_but_for_a_byte_order_mark(text: str) -> None:
    assert decode(text.encode("utf-8"), "x") == text.removeprefix("\ufeff")


def test_line_ends_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert read_text(str(tmp_path / "a")) == "one\r\ntwo\rthree\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"caf\xe9 au lait", "byte 3 (0xe9) is not valid UTF-8.*iconv"),
        (b"\xef\xbb\xbfcaf\xe9", "byte 6 (0xe9)"),  # counted from the start of the file, mark included
        (b"ab\0c", "byte 2 is NUL.*binary"),
        (b"ok " * 2**17 + b"\xff", "byte 393,216 (0xff)"),
        ("Grüße".encode("utf-16"), "UTF-16"),
        ("Hello".encode("utf-16-le"), "byte 1 is NUL.*UTF-16"),
        (b"%PDF-1.7\n\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0", "PNG"),
        (b"\x1f\x8b\x08\0", "gzip"),
        ("\ud800".encode("utf-8", "surrogatepass"), "byte 0 (0xed)"),  # a lone surrogate is not UTF-8
    ],
)
def test_what_is_not_text_is_refused_with_its_place(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(data)
    first, *more = says.replace("(", r"\(").replace(")", r"\)").split(".*")
    with pytest.raises(UnreadableInput, match=".*".join([first, *more])) as caught:
        read_text(str(path))
    assert "file.bin" in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(("name", "says"), [("missing.txt", "No such file"), (".", "directory.*--out DIR")])
def test_what_cannot_be_read_says_what_to_do(name: str, says: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnreadableInput, match=says):
        read_text(name)


def test_a_path_below_a_file_is_not_a_bug(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnreadableInput, match="Not a directory"):
        read_text(str(tmp_path / "file" / "below"))


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)  # sparse: 50 MB that take no room
    with pytest.raises(UnreadableInput, match=f"more than {LIMIT} MB.*--max-mb"):
        read_text(str(path))


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="more than 1 MB"):
        read_text("/dev/zero", limit=1)


def test_stdin_is_read_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("naïve\r\n".encode()), encoding="ascii"))
    assert read_text("-") == "naïve\r\n"


def test_writing_makes_folders_and_leaves_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b.txt", b"one")
    write(tmp_path / "a" / "b.txt", b"two")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"two"
    assert os.listdir(tmp_path / "a") == ["b.txt"]


def test_new_files_obey_the_umask_and_old_ones_keep_their_mode(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "new", b"")
    finally:
        os.umask(before)
    (tmp_path / "old").write_bytes(b"")
    (tmp_path / "old").chmod(0o604)
    write(tmp_path / "old", b"x")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "old")] == [0o640, 0o604]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    write(Path("/dev/null"), b"gone")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OutputError, match="No space left"):
        write(Path("/dev/full"), b"x")
    assert Path("/dev/full").is_char_device()


def test_what_is_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(OutputError, match=r"file/x\.txt.*(Not a directory|File exists)"):
        write(tmp_path / "file" / "x.txt", b"")
    with pytest.raises(OutputError, match="Is a directory"):
        write(tmp_path, b"")
    with pytest.raises(OutputError, match="name too long"):
        write(tmp_path / ("x" * 300), b"")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OutputError, match="loop"):
        write(tmp_path / "loop", b"")
    assert (tmp_path / "file").read_bytes() == b"kept"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")], ids=["ctrl-c", "full"])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(error, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def fail(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else OutputError):
        write(tmp_path / "a", b"new")
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


DIES = """
import os, signal, sys
from pathlib import Path
from tamis.io.files import write
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
write(Path(sys.argv[1]), b"new" * 100_000)
"""


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", DIES, str(tmp_path / "a")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "a").read_bytes() == b"old"
    assert all(name == "a" or name.startswith(".") for name in os.listdir(tmp_path))


STREAMS = """
import os, resource, signal, sys
from pathlib import Path
from tamis.errors import OutputError
from tamis.io.files import atomic
if sys.argv[2] == "full":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # as on a full disk
try:
    with atomic(Path(sys.argv[1])) as temporary, temporary.open("wb") as file:
        for number in range(9):
            file.write(b"new" * 20_000)
            if sys.argv[2] == "killed" and number == 4:
                os.kill(os.getpid(), signal.SIGKILL)
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize(("fault", "code"), [("full", 0), ("killed", -signal.SIGKILL)])
def test_a_stream_that_breaks_off_leaves_the_old_file(fault: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    argv = [sys.executable, "-c", STREAMS, str(tmp_path / "a"), fault]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    assert done.returncode == code
    assert (tmp_path / "a").read_bytes() == b"old"
    if fault == "full":
        assert "File too large" in done.stdout
        assert os.listdir(tmp_path) == ["a"]


def test_what_fails_in_the_block_is_raised_as_it_is_and_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    for error in (ValueError("a bug"), UnreadableInput("of its own")):
        with pytest.raises(type(error), match=str(error)):  # noqa: PT012, SIM117
            with atomic(tmp_path / "a") as temporary:
                temporary.write_bytes(b"half")
                raise error
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_new_file_has_the_mode_that_is_asked_for(tmp_path: Path) -> None:
    with atomic(tmp_path / "a", mode=0o600) as temporary:
        temporary.write_bytes(b"secret")
        assert temporary.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_folders_are_made_only_where_they_may_be(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file"):
        write(tmp_path / "missing" / "a", b"", parents=False)
    assert os.listdir(tmp_path) == []


def test_file_and_folder_are_on_the_disk_unless_they_need_not_be(tmp_path: Path, monkeypatch) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.readlink(f"/proc/self/fd/{handle}")))
    with atomic(tmp_path / "a", durable=False) as temporary:
        temporary.write_bytes(b"x")
    assert synced == []
    write(tmp_path / "a", b"x")
    assert [Path(path).parent == tmp_path or Path(path) == tmp_path for path in synced] == [True, True]
    assert synced[-1] == str(tmp_path)


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "model"
    for content in ("one", "two"):
        with atomic_folder(target) as folder:
            (folder / content).write_text(content)
            assert target.exists() == (content == "two")
    with pytest.raises(ValueError, match="a bug"):  # noqa: PT012, SIM117
        with atomic_folder(target) as folder:
            (folder / "three").write_text("half")
            raise ValueError("a bug")
    assert os.listdir(tmp_path) == ["model"]
    assert os.listdir(target) == ["two"]


def test_a_folder_that_cannot_be_moved_leaves_the_old_one(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").write_text("old")
    move = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: move(a, b) if (Path(a) / "old").exists() else os.rename("/no", a))

    def exchange() -> None:
        with atomic_folder(tmp_path / "model") as folder:
            (folder / "new").write_text("new")

    with pytest.raises(OutputError):
        exchange()
    assert os.listdir(tmp_path) == ["model"]
    assert os.listdir(tmp_path / "model") == ["old"]


def test_an_input_is_never_overwritten_by_whatever_name(tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"x")
    (tmp_path / "soft").symlink_to("a")
    os.link(source, tmp_path / "hard")
    for name in ("a", "soft", "hard"):
        with pytest.raises(OutputError, match="also an input"):
            refuse_overwriting(tmp_path / name, ["-", "missing", str(source)])
    refuse_overwriting(tmp_path / "b", [str(source)])
    refuse_overwriting(Path("/dev/null"), ["/dev/null"])
