"""Files: strict reading of text, whole-or-nothing writing. The one place of tamis that does either.

Text is UTF-8 and nothing is guessed: other bytes are refused with their offset. Line ends stay as they are. A byte
order mark is a mark of the file, not a part of its text: it is not read, and not written.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tamis.errors import OutputError, TamisError, UnreadableInput

STDIN = "-"
MEGABYTE = 2**20
LIMIT = 8  # megabytes: what is read at most, because the memory that a text takes is a multiple of its size
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMATS = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP (also .docx, .xlsx, .epub)",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x7fELF": "ELF",
    b"(\xb5/\xfd": "Zstandard",
}


def read_text(path: str, *, limit: int = LIMIT) -> str:
    """Return the text of a file, or of standard input for "-".

    limit -- megabytes; a larger file is refused before it is read, an endless one (a device, a pipe) once it is passed.

    Raises:
        UnreadableInput: missing, a folder, not permitted, too large, or not UTF-8 text.
    """
    name = "standard input" if path == STDIN else path
    data, size = _bytes(path, name, limit * MEGABYTE)
    if size is not None and size > limit * MEGABYTE:
        raise _too_large(name, limit, str(-(-size // MEGABYTE)))
    if len(data) > limit * MEGABYTE:  # its end is not known
        raise _too_large(name, limit, "N")
    return decode(data, name)


def read_bytes(path: str, *, limit: int) -> bytes:
    """Return the bytes of a file, or of standard input for "-".

    limit -- megabytes; more is refused

    Raises:
        UnreadableInput: missing, a folder, not permitted, or too large.
    """
    name = "standard input" if path == STDIN else path
    data, size = _bytes(path, name, limit * MEGABYTE)
    if (size or len(data)) > limit * MEGABYTE:
        raise UnreadableInput(f"{name!r} holds more than {limit} MB.")
    return data


def _too_large(name: str, limit: int, enough: str) -> UnreadableInput:
    hint = f"Split it, or allow more: --max-mb {enough} (about 250 MB of memory for each MB of text)."
    return UnreadableInput(f"{name!r} holds more than {limit} MB.", hint=hint)


def _bytes(path: str, name: str, most: int) -> tuple[bytes, int | None]:
    """Read one byte more than allowed, at most; of a file that is larger nothing but its size."""
    if path == STDIN and sys.stdin is None:
        raise UnreadableInput("Standard input is closed.", hint="Give a FILE, or pipe a text in.")
    try:
        if path == STDIN:
            return sys.stdin.buffer.read(most + 1), None
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            return (b"", size) if size > most else (file.read(most + 1), None)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UnreadableInput(f"Cannot read {name!r}: {reason(error)}.", hint=_advice(error)) from error


def reason(error: Exception) -> str:
    """Return what the system says, without its number and path."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _advice(error: Exception) -> str:
    if isinstance(error, IsADirectoryError):
        return "To compress all files in a folder, give a folder for the results: --out DIR."
    if isinstance(error, FileNotFoundError):
        return "Check the path; a pattern such as 'docs/**/*.md' needs quotes."
    if isinstance(error, PermissionError):
        return "Check its permissions."
    return ""


def decode(data: bytes, name: str) -> str:
    """Return the text that the bytes hold.

    Raises:
        UnreadableInput: a NUL byte or invalid UTF-8; says where, and what to do.
    """
    start = len(_BOM) if data.startswith(_BOM) else 0
    try:
        text = data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + start
        raise _not_text(data, name, f"byte {at:,} (0x{data[at]:02x}) is not valid UTF-8") from None
    if "\0" in text:
        raise _not_text(data, name, f"byte {data.index(0):,} is NUL")
    return text


def _not_text(data: bytes, name: str, what: str) -> UnreadableInput:
    form = next((form for magic, form in _FORMATS.items() if data.startswith(magic)), None)
    if form:
        hint = f"It looks like {form}. Extract its text first."
    elif data.startswith(_UTF16) or _every_other_nul(data):
        hint = "It looks like UTF-16. Convert it: iconv -f UTF-16 -t UTF-8 FILE."
    elif b"\0" in data[:8000]:
        hint = "It looks like a binary file. Extract its text first."
    else:
        hint = "If it is text in another encoding, convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE."
    return UnreadableInput(f"{name!r} is not text: {what}.", hint=hint)


def _every_other_nul(data: bytes) -> bool:
    """Whether this looks like UTF-16 without a byte order mark: mostly Latin text."""
    head = data[: 2 * (min(len(data), 2000) // 2)]
    return len(head) >= 4 and 0.7 < 2 * head.count(0) / len(head) <= 1


@contextlib.contextmanager
def atomic(path: Path, *, parents: bool = True, durable: bool = True, mode: int = 0o666) -> Iterator[Path]:
    """Give an empty temporary file beside a file; where the block ends well, it takes the file's place, else it goes.

    For whatever writes to a path or in pieces (torch.save, safetensors, zip). A reader sees the old file or the new
    one, never half. A link is followed, the mode of a file that is replaced is kept. What is no regular file (a pipe,
    /dev/null) is given itself, to be written to and not replaced.

    Args:
        path: of the file.
        parents: make the folders that are missing.
        durable: force the file and its name to the disk; False for one that need not outlive the process.
        mode: of a new file, less the umask.

    Raises:
        OutputError: it cannot be written; what was there before is untouched.
    """
    try:
        target, old = _target(path, parents=parents)
        if old is not None and not stat.S_ISREG(old):
            yield target
            return
        with _temporary(target) as temporary:
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
            yield temporary
            if old is not None:
                temporary.chmod(stat.S_IMODE(old))
            _commit(temporary, target, durable=durable)
    except OSError as error:
        if isinstance(error, TamisError):
            raise
        raise _not_writable(path, error) from error


@contextlib.contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give an empty temporary folder beside a folder; where the block ends well, it takes the folder's place.

    The old folder is there until the new one is complete, and is removed then; between the two renames that this takes
    there is none.

    Raises:
        OutputError: it cannot be written; what was there before is untouched.
    """
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(target) as new, _temporary(target) as old:
            new.mkdir()
            yield new
            for file in new.rglob("*"):
                sync(file)
            _exchange(new, target, old)
    except OSError as error:
        if isinstance(error, TamisError):
            raise
        raise _not_writable(path, error) from error


def _exchange(new: Path, target: Path, old: Path) -> None:
    """Move a folder to the place of another, which moves to a third; or leave both where they are."""
    if target.exists():
        os.replace(target, old)
    try:
        _commit(new, target, durable=True)
    except BaseException:
        if old.exists() and not target.exists():
            os.replace(old, target)
        raise


def write(path: Path, data: bytes, *, parents: bool = True) -> None:
    """Write a file whole or not at all, on the disk when this returns; see `atomic`.

    Raises:
        OutputError: it cannot be written; what was there before is untouched.
    """
    with atomic(path, parents=parents) as temporary:
        temporary.write_bytes(data)


def private(path: Path) -> None:
    """Make an empty file that only its owner may read, with the folders above it; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def sync(path: Path) -> None:
    """Force a file, or a folder's entries where the system can, to the disk.

    Raises:
        OSError: the file cannot be written.
    """
    if path.is_dir():
        with contextlib.suppress(OSError):  # Windows opens no folder, some file systems sync none
            _fsync(path, os.O_RDONLY)
    else:
        _fsync(path, os.O_RDWR)


def _fsync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _target(path: Path, *, parents: bool) -> tuple[Path, int | None]:
    """The file that a path leads to, and its mode if it is there."""
    try:
        target = path.resolve()
        if parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode if target.exists() else None
    except (ValueError, RuntimeError) as error:  # a NUL in the path; a loop of links, up to Python 3.12
        raise _not_writable(path, error) from error
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return target, mode


def _commit(temporary: Path, target: Path, *, durable: bool) -> None:
    if durable:
        sync(temporary)
    os.replace(temporary, target)
    if durable:
        sync(target.parent)


def _not_writable(path: Path, error: Exception) -> OutputError:
    hint = "Nothing was left half-written; choose another place."
    return OutputError(f"Cannot write {str(path)!r}: {reason(error)}.", hint=hint)


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """Give a name in the same folder that is not taken; whatever happens, nothing of that name is left behind."""
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        yield temporary
    finally:
        if temporary.is_dir():
            import shutil  # a quarter of the time that this module takes to import, and rarely needed

            shutil.rmtree(temporary, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            temporary.unlink()


def refuse_overwriting(target: Path, inputs: Iterable[str]) -> None:
    """Make sure that a result does not replace what it is made from.

    Raises:
        OutputError: the target is one of the inputs, by whatever name.
    """
    if any(_same(path, target) for path in inputs if path != STDIN):
        raise OutputError(f"{str(target)!r} is also an input.", hint="Give another place for the result.")


def _same(path: str, target: Path) -> bool:
    """Whether both name one regular file."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and os.path.samefile(path, target)
    except (OSError, ValueError):  # one of them does not exist
        return False


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
