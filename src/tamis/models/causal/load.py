"""Causal language models by name: "mini-lm", a folder, a hub id, or the address of a server."""

from __future__ import annotations

from pathlib import Path

from tamis.errors import ModelCorrupt, ModelNotFound, UnknownName
from tamis.models.causal.protocol import CausalLM
from tamis.models.encoder import WEIGHTS, read_config
from tamis.models.shared import once

FORMAT = "tamis-causal"


def load_causal(name: str | Path, *, threads: int | None = None, device: str = "auto", dtype: str = "auto") -> CausalLM:
    """Open a causal language model; the same one is opened once a process and then shared.

    Args:
        name: "mini-lm" (embedded), a folder, a GGUF file, a hub id as in owner/name, or
            `http(s)://host[:port]/v1#model` for a server that speaks OpenAI's completions (the key comes from the
            variable `OPENAI_API_KEY`).
        threads: for the embedded model.
        device: for a model of transformers: "auto" (cuda, then mps, else cpu) or torch's name of one.
        dtype: for the same: "auto" (bfloat16 on a GPU that computes in it, else float32) or torch's name of one.

    Raises:
        UnknownName, ModelNotFound, ModelCorrupt, MissingExtra: as `tamis.models.load`.
    """
    return _opened(str(name), threads, device, dtype)


def close_causal() -> None:
    """Let go of every shared model."""
    _opened.close()


@once(size=4)
def _opened(name: str, threads: int | None, device: str, dtype: str) -> CausalLM:
    if name.startswith(("http://", "https://")):
        from tamis.models.causal.endpoint import open_endpoint

        return open_endpoint(name)
    folder = WEIGHTS / name if (WEIGHTS / name).is_dir() else Path(name).expanduser()
    folder = _gguf_of(folder) if folder.is_dir() else folder
    if folder.is_dir() and read_config(folder).get("format") == FORMAT:
        from tamis.models.causal.mini import open_mini

        return open_mini(folder, threads=threads)
    if folder.is_dir() and "model_type" not in read_config(folder):
        hint = "Name mini-lm, a folder of a causal LM of transformers, a hub id, or a server's address."
        raise ModelCorrupt(f"{str(folder)!r} is no causal language model.", hint=hint)
    from tamis.models.causal.hf import open_transformers

    return open_transformers(source_of_weights(name), device=device, dtype=dtype)


def source_of_weights(name: str, *, embedded: str = "mini-lm") -> str:
    """Where transformers finds a model: the path of a folder or of a GGUF file, or the hub id.

    embedded -- what an error calls the embedded model that would do

    A folder that holds a GGUF file and no config.json stands for that file.

    Raises:
        ModelNotFound: a path where there is neither.
        ModelCorrupt: a folder with several GGUF files.
        UnknownName: neither a path nor a hub id.
    """
    for path in (WEIGHTS / name, Path(name).expanduser()):
        if path.is_dir():
            return str(_gguf_of(path).resolve())
        if path.suffix == ".gguf" and path.is_file():
            return str(path.resolve())
    _check_hub_id(name, embedded)
    return name


def _gguf_of(folder: Path) -> Path:
    """The one GGUF file of a folder without config.json; else the folder."""
    files = [] if (folder / "config.json").is_file() else sorted(folder.glob("*.gguf"))
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise ModelCorrupt(f"{str(folder)!r} holds several GGUF files: {names}.", hint="Name one of them.")
    return files[0] if files else folder


def _check_hub_id(name: str, embedded: str) -> None:
    if name.startswith((".", "~", "/")) or "\\" in name or name.count("/") > 1:
        raise ModelNotFound(f"There is no model folder {name!r}.", hint="`tamis models` lists the installed ones.")
    if "/" not in name:
        hint = f"Known: {embedded}. Others: a folder, a hub id as in owner/name, or a server's address."
        raise UnknownName(f"Unknown causal language model {name!r}.", hint=hint)
