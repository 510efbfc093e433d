"""Which documents are held out: fixed lists and a stable hash, so that every part of the project agrees.

No data is read. `test` is never trained on or tuned to; `dev` chooses settings; the rest is `train`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from training.config import build_section, read_toml

DEFAULT = Path(__file__).with_name("splits.toml")
Split = Literal["train", "dev", "test"]

# Sorted titles of the 40 articles of qa/squad_train; `train` is what the two lists of splits.toml leave.
_ARTICLES = (
    "1973_oil_crisis", "Amazon_rainforest", "American_Broadcasting_Company", "Apollo_program", "Chloroplast",
    "Civil_disobedience", "Construction", "Ctenophora", "Doctor_Who", "Economic_inequality", "European_Union_law",
    "Force", "French_and_Indian_War", "Fresno,_California", "Genghis_Khan", "Geology", "Harvard_University",
    "Huguenot", "Immune_system", "Imperialism", "Intergovernmental_Panel_on_Climate_Change", "Islamism",
    "Jacksonville,_Florida", "Martin_Luther", "Newcastle_upon_Tyne", "Nikola_Tesla", "Normans", "Packet_switching",
    "Pharmacy", "Prime_number", "Scottish_Parliament", "Sky_(United_Kingdom)", "Southern_California",
    "Steam_engine", "Teacher", "United_Methodist_Church", "Victoria_(Australia)", "Victoria_and_Albert_Museum",
    "Warsaw", "Yuan_dynasty",
)  # fmt: skip


@dataclass(frozen=True)
class Splits:
    """Which documents are held out. Tenths are of a stable hash of the document id."""

    squad_test: tuple[str, ...]
    squad_dev: tuple[str, ...]
    gum_test_genres: tuple[str, ...]
    gum_dev_genres: tuple[str, ...]
    ewt_test_tenths: tuple[int, ...]
    ewt_dev_tenths: tuple[int, ...]


def load_splits(path: Path = DEFAULT) -> Splits:
    """Read what is held out; `ValueError` names a missing or unknown key."""
    return build_section(Splits, path.name, read_toml(path))


def tenth(identifier: str) -> int:
    """Stable tenth 0..9 of a document id; the same on every machine and Python."""
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:8], "big") % 10


def squad_articles(split: Split, splits: Splits | None = None) -> tuple[str, ...]:
    """Titles of the SQuAD articles of one split, as written in `qa/squad_train`."""
    chosen = splits or load_splits()
    titles = {"test": chosen.squad_test, "dev": chosen.squad_dev}
    if split in titles:
        return titles[split]
    if split != "train":
        raise ValueError(f"unknown split {split!r}: use 'train', 'dev' or 'test'")
    out = {*chosen.squad_test, *chosen.squad_dev}
    return tuple(title for title in _ARTICLES if title not in out)


def squad_split(title: str, splits: Splits) -> Split:
    """Split of a SQuAD article; titles outside the lists train."""
    if title in splits.squad_test:
        return "test"
    return "dev" if title in splits.squad_dev else "train"


def gum_split(genre: str, splits: Splits) -> Split:
    """GUM is split by genre."""
    if genre in splits.gum_test_genres:
        return "test"
    return "dev" if genre in splits.gum_dev_genres else "train"


def ewt_split(identifier: str, splits: Splits) -> Split:
    """EWT is split by a hash of the document id."""
    part = tenth(identifier)
    if part in splits.ewt_test_tenths:
        return "test"
    return "dev" if part in splits.ewt_dev_tenths else "train"
