"""The golden values, made anew: the package in its own environment, on the committed models.

Takes a minute, and on first use a gigabyte from the package index; so only on request:

    TAMIS_REFERENCE=1 pytest -m reference
"""

import json
import os

import pytest


@pytest.fixture(scope="module")
def made(script, tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    script("reference_golden").main(["--out", str(folder)])
    return folder


@pytest.mark.reference
@pytest.mark.skipif(os.environ.get("TAMIS_REFERENCE") != "1", reason="only with TAMIS_REFERENCE=1")
def test_the_package_still_says_so(family, made):
    fresh = json.loads((made / f"{family.name}.json").read_text(encoding="utf-8"))
    _assert_alike(fresh, family.golden, family.name)


def test_unlike_values_are_noticed():
    _assert_alike({"a": [1.0, "x"]}, {"a": [1.0 + 1e-6, "x"]}, "")
    for other in ({"a": [1.001, "x"]}, {"a": [1.0, "y"]}, {"a": [1.0]}, {"b": [1.0, "x"]}, {"a": [None, "x"]}):
        with pytest.raises(AssertionError):
            _assert_alike({"a": [1.0, "x"]}, other, "")


def _assert_alike(fresh, golden, place):
    """Floats to 1e-4, as processors differ; all else, masks and orders included, to the letter."""
    if isinstance(fresh, dict) and isinstance(golden, dict):
        assert fresh.keys() == golden.keys(), place
        for key in fresh:
            _assert_alike(fresh[key], golden[key], f"{place}.{key}")
    elif isinstance(fresh, list) and isinstance(golden, list):
        assert len(fresh) == len(golden), place
        for number, (one, other) in enumerate(zip(fresh, golden, strict=True)):
            _assert_alike(one, other, f"{place}[{number}]")
    elif isinstance(fresh, float) and isinstance(golden, float):
        assert fresh == pytest.approx(golden, abs=1e-4), place
    else:
        assert fresh == golden, place
