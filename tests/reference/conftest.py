"""The golden values of the `llmlingua` package, and the tiny models that they were taken on."""

import json
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

pytest.importorskip("torch")

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "reference"


def _script(name: str) -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(ROOT / "scripts"))


CASES = _script("reference_cases")


@dataclass(frozen=True, eq=False, repr=False)
class Family:
    """A tiny model, open, with what the package said of it."""

    name: str
    model: object
    golden: dict[str, list[dict]]
    cases: ModuleType = CASES

    def text(self, name: str) -> str:
        return CASES.text_of(name)

    def asked(self, question: str | None) -> str:
        return CASES.QUESTIONS[question] if question else ""

    @staticmethod
    def mask(case: dict) -> np.ndarray:
        """(count,) which tokens the package kept."""
        bits = "".join(f"{int(digit, 16):04b}" for digit in case["mask"])
        return np.array([bit == "1" for bit in bits[: case["count"]]])


@pytest.fixture(scope="session", params=["gpt2", "llama"])
def family(request) -> Family:
    from tamis.models.causal import load_causal

    golden = json.loads((GOLDEN / f"{request.param}.json").read_text(encoding="utf-8"))
    return Family(request.param, load_causal(str(GOLDEN / request.param), device="cpu"), golden)


@pytest.fixture(scope="session")
def script():
    """A program of scripts/, by name."""
    return _script
