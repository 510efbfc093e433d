"""`tamis doctor` and `tamis models` on an installation that is well, and on one that is not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tamis.edge.cli import doctor
from tamis.models import catalog, models


def test_a_sound_installation(tamis) -> None:
    done = tamis("doctor")
    assert done.code == 0, done.text
    assert "BROKEN" not in done.text
    for part in ("python", "onnxruntime", "tiktoken", "weights", "compression", "threads"):
        assert re.search(rf"^ok +{part} +\S", done.text, re.M), part
    assert "mini: sha256 as on its card" in done.text


def test_a_changed_weight_file_is_found(tamis, tmp_path: Path, monkeypatch) -> None:
    copy = tmp_path / "weights" / "mini"
    shutil.copytree(next(info.path for info in models() if info.name == "mini"), copy)
    with (copy / "tokenizer.json").open("ab") as file:
        file.write(b" ")
    monkeypatch.setattr(catalog, "WEIGHTS", copy.parent)
    done = tamis("doctor")
    assert done.code == 1
    assert re.search(r"^BROKEN  weights +ModelCorrupt: .*tokenizer.json", done.text, re.M)
    assert "pip install --force-reinstall tamis" in done.text


def test_missing_weights_and_a_package_that_does_not_import_are_found(tamis, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(catalog, "WEIGHTS", tmp_path)
    monkeypatch.setitem(doctor.PACKAGES, "no_such_module", "no-such-package")
    done = tamis("doctor")
    assert done.code == 1
    assert re.search(r"^BROKEN  no-such-package +ModuleNotFoundError", done.text, re.M)
    assert re.search(r"^BROKEN  weights +FileNotFoundError", done.text, re.M)
    assert re.search(r"^BROKEN  compression +\S", done.text, re.M)
    assert done.text.endswith("3 of the checks failed; what to do stands behind each.\n")


def test_a_missing_extra_is_no_fault_but_says_how_to_get_it(tamis, monkeypatch) -> None:
    monkeypatch.setitem(doctor.EXTRAS, "dreams", (("no_such_module",), "dreaming"))
    done = tamis("doctor")
    assert done.code == 0
    assert "not installed; for dreaming: pip install 'tamis[dreams]'" in done.text


def test_debug_lets_the_fault_through(tamis, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(catalog, "WEIGHTS", tmp_path)
    with pytest.raises(FileNotFoundError):
        tamis("doctor", "--debug")


def test_it_looks_at_every_dependency_and_extra() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.search(r"^dependencies = \[(.*?)^\]", project, re.M | re.S)
    extras = re.search(r"^\[project.optional-dependencies\]\n(.*?)^\[", project, re.M | re.S)
    assert needed is not None
    assert extras is not None
    assert set(re.findall(r'^ *"([\w-]+)', needed[1], re.M)) == set(doctor.PACKAGES.values())
    assert set(re.findall(r"^([\w-]+) = ", extras[1], re.M)) == set(doctor.EXTRAS)


def test_models_are_listed(tamis) -> None:
    shown = tamis("models").text
    listed = json.loads(tamis("models", "--json").text)
    heads = {one["name"]: one["heads"] for one in listed}
    assert {"mini", "mini-lm"} <= set(heads)
    assert heads["mini-lm"] == ["surprisal"]  # and not the keys and values that go back in
    for one in listed:
        assert Path(one["path"]).is_dir()
        assert one["size"] == sum(path.stat().st_size for path in Path(one["path"]).iterdir())
        assert all(digest in shown for digest in one["sha256"].values())
        assert any(name.endswith((".onnx", ".safetensors")) for name in one["sha256"])
