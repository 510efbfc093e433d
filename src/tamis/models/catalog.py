"""Models by name: the embedded ones, folders, the hub. A folder is what its `config.json` says, never its name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tamis.errors import ModelCorrupt, ModelNotFound, UnknownName, unknown
from tamis.models.causal.load import FORMAT as CAUSAL
from tamis.models.classifier import TokenClassifier, classifier
from tamis.models.classifier_onnx import OnnxClassifier, onnx_classifier, says_onnx
from tamis.models.encoder import FORMAT, WEIGHTS, Mini, load_mini, read_config
from tamis.models.shared import close_all
from tamis.models.transformers.hub import Place

ICONS = "icons"  # the format of `weights/icons`
POINTER = "pointer"  # of `weights/screen`
SLOTS = "slots"  # of `weights/slots`
STATE = ("new_keys", "new_values")  # outputs of a causal model that go back into it: nothing that it says
_HUB_HINT = "Others: a folder, or a hub id with its owner, as in owner/name."


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The card of an installed model.

    Attributes:
        path: its folder.
        size: bytes of all its files.
        sha256: of each file, as the card says it should be; `verify` compares.
        heads: what it can say of a text.
        note: one line for people.
    """

    name: str
    path: Path
    size: int
    licence: str
    sha256: Mapping[str, str]
    heads: tuple[str, ...]
    note: str


def models() -> tuple[ModelInfo, ...]:
    """The embedded models, by name; a folder that cannot be read is left to `load` to complain about."""
    folders = sorted(path.parent for path in WEIGHTS.glob("*/config.json"))
    return tuple(_card(folder) for folder in folders)


def _card(folder: Path) -> ModelInfo:
    config = read_config(folder)
    return ModelInfo(
        name=folder.name,
        path=folder,
        size=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
        licence=str(config.get("licence", "see README.md in its folder")),
        sha256=dict(config.get("sha256", {})),
        heads=tuple(name for name in config.get("outputs", ()) if name not in STATE),
        note=str(config.get("note") or _title(folder / "README.md")),
    )


def _title(card: Path) -> str:
    """First heading of a model's card; empty without a card."""
    lines = card.read_text(encoding="utf-8").splitlines() if card.is_file() else []
    return next((line.lstrip("# ") for line in lines if line.startswith("#")), "")


def verify(info: ModelInfo) -> None:
    """Compare the files of an installed model with the hashes on its card.

    Raises:
        ModelCorrupt: a file is missing or differs.
    """
    for name, expected in info.sha256.items():
        path = info.path / name
        if not path.is_file():
            raise ModelCorrupt(f"{str(path)!r} is missing.", hint="Install tamis anew.")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != expected:
            hint = "Install tamis anew."
            raise ModelCorrupt(f"{str(path)!r} has sha256 {digest}, its card says {expected}.", hint=hint)


def load(
    name: str | Path,
    *,
    threads: int | None = None,
    device: str = "auto",
    dtype: str = "float32",
    trust_remote_code: bool = False,
) -> Mini | OnnxClassifier | TokenClassifier:
    """Open a model: an embedded one by name, a folder by its path, else a token classifier of the hub by its id.

    The same model is opened once a process and then shared; `unload` lets go of all.

    Args:
        name: of the model.
        threads: for a model that runs without torch; torch has its own setting (`torch.set_num_threads`).
        device: for a classifier: "auto", "cpu", "cuda", "mps", ... Any but "auto", like any dtype but "float32", asks
            for torch even where the folder also holds an ONNX graph.
        dtype: for a classifier: "float32", or "bfloat16" where speed matters more than the last digits.
        trust_remote_code: for a classifier: run Python code that comes with it.

    Raises:
        UnknownName: neither a known name, nor a path, nor a hub id.
        ModelNotFound: no such folder, or the hub has no such model or cannot be reached.
        ModelCorrupt: a file is missing, cut short or of another kind.
        MissingExtra: it needs torch, which is not installed.
    """
    place = Place(device, dtype, trust_remote_code)
    folders = {path.name: path for path in WEIGHTS.iterdir() if path.is_dir()} if WEIGHTS.is_dir() else {}
    folder = folders.get(str(name), Path(name).expanduser())
    if folder.is_dir():
        return _from_folder(folder, threads, place)
    if _is_path(str(name)):
        raise ModelNotFound(f"There is no model folder {str(name)!r}.", hint="`tamis models` lists the installed ones.")
    if str(name).count("/") != 1:
        raise UnknownName(str(unknown("model", str(name), folders)), hint=_HUB_HINT)
    return classifier(str(name), place)


def unload() -> None:
    """Let go of every open model; what the caller still holds keeps working."""
    close_all()


def _is_path(name: str) -> bool:
    return name.startswith((".", "~", "/")) or "\\" in name or name.count("/") > 1 or Path(name).exists()


def _from_folder(folder: Path, threads: int | None, place: Place) -> Mini | OnnxClassifier | TokenClassifier:
    config = read_config(folder)
    if config.get("format") == FORMAT and "blend" in config:
        return load_mini(folder, threads=threads)
    if says_onnx(config) and (place.device, place.dtype) == ("auto", "float32"):
        return onnx_classifier(folder, threads=threads)
    if "model_type" in config or "architectures" in config:
        return classifier(str(folder.resolve()), place)
    if config.get("format") == CAUSAL:
        hint = "It says how surprising tokens are: `tamis.models.causal.load_causal` opens it."
        raise ModelCorrupt(f"{str(folder)!r} is a causal language model and cannot classify.", hint=hint)
    if config.get("format") == ICONS:
        hint = "It knows pictures of icons: `tamis.models.icons.IconEncoder.pretrained` opens it."
        raise ModelCorrupt(f"{str(folder)!r} is an encoder of icons and cannot classify.", hint=hint)
    if config.get("format") == POINTER:
        hint = "It points on screenshots: `tamis.screen.PointerGrounder` opens it."
        raise ModelCorrupt(f"{str(folder)!r} is a pointer on screens and cannot classify.", hint=hint)
    if config.get("format") == SLOTS:
        hint = "It reads instructions for screens: `tamis.screen.instruction.wish_of` asks it."
        raise ModelCorrupt(f"{str(folder)!r} reads instructions and cannot classify.", hint=hint)
    hint = f"It names neither the format {FORMAT} of tamis nor a `model_type` of transformers."
    raise ModelCorrupt(f"{str(folder / 'config.json')!r} is of an unknown kind.", hint=hint)
