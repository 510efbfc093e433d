"""The card of the encoder: what it is, which packs it learnt from and under which licences, checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.config import read_toml
from training.screen.icons.packs import TABLE, Pack, read_packs

FORMAT = "icons"
MEASURED = Path(__file__).with_name("measured.md")  # a section of the card, after a line with the weights' checksum
NOTE = "small pictures and their names in one space: which icon is meant"
_HEAD = """\
# icons: pictures of user interfaces and their names in one space

Two small networks whose outputs are unit vectors: `pictures.onnx` takes a crop of a screen as
`tamis.models.icons.canvas` sees it (two planes of distances from the ground, so that colours, polarity and contrast do
not matter), `names.safetensors` a name in English as `tamis.models.icons.names` sees it (the sentence vector of `mini`,
hashed words and letters). Their cosine says how well a name fits a picture. Made by
`python -m training screen icons data` and `python -m training screen icons train` on one core, from drawings of icon
packs; measured in docs/lab-log.md, "icons and their names".

Weights: licence of tamis. No drawing is in them.

## Data

Drawings and names of the packs below, in the versions of `training/screen/icons/packs.toml`; words that people search
for, from the packages of Lucide, Tabler, Phosphor, Ionicons, Material Design Icons, Font Awesome Free and Octicons; and
lines of what people call the icons of user interfaces, written by hand (`said.txt`). Packs under CC BY 4.0 ask for
their authors to be named: Codicons by Microsoft, Font Awesome Free by Dave Gandy and Fonticons, CoreUI Free by
creativeLabs Łukasz Holeczek, Basil by Craftwork, coolicons by Kryston Schwarze, IconaMoon by Dariush Habibpour; Solar
by 480 Design was measured on. Their drawings were drawn in other sizes and colours and are not part of the weights.

"""
_TAIL = """
Not trained on: {develop} (looked at while it was made) and {held} (held out).

## Limits

English. Icons of one colour: what is drawn in several colours (file types, flags, emoji) is seen only as distances from
the ground. A name says nothing of where on a screen a picture is, or whether there is one: cosines of names that
nothing fits are lower, not low.
"""


def write_card(folder: Path) -> None:
    """Write README.md and config.json beside the weights."""
    packs = read_packs()
    held, develop = (", ".join(pack.name for pack in packs if pack.role == role) for role in ("held-out", "develop"))
    tail = _TAIL.format(develop=develop, held=held)
    text = _HEAD + "\n".join(_rows(packs)) + "\n" + tail + _measured(folder / "pictures.onnx")
    (folder / "README.md").write_text(text, encoding="utf-8")
    files = sorted(path for path in folder.iterdir() if path.suffix in (".onnx", ".safetensors"))
    config = {
        "format": FORMAT,
        "outputs": ["vector"],
        "licence": "Apache-2.0 (what it was trained on: see the card)",
        "note": NOTE,
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _measured(pictures: Path) -> str:
    """What was measured, if it was with these weights."""
    mark, _, section = MEASURED.read_text(encoding="utf-8").partition("\n")
    return section if hashlib.sha256(pictures.read_bytes()).hexdigest() in mark else ""


def _rows(packs: Sequence[Pack]) -> Iterator[str]:
    yield "| licence | packs |"
    yield "|---|---|"
    for licence in sorted({pack.licence for pack in packs}):
        names = [pack.name for pack in packs if pack.licence == licence and pack.role == "train"]
        names += [f"{row['name']} (tags)" for row in read_toml(TABLE)["tags"] if row["licence"] == licence]
        yield f"| {licence} | {', '.join(names)} |"
