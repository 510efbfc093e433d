"""The MCP server without its protocol: what the tools do, and what the registry is told. The rest: tests/sockets."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import tamis
from tamis.edge.cli import main
from tamis.edge.mcp.desk import Desk
from tamis.errors import InvalidBudget, InvalidInput, StoreUnavailable, UnreadableInput
from tamis.memory import Memory
from tamis.prompt.recovery import open_originals

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
LOG = "".join(f"10:{n // 60:02}:{n % 60:02} INFO request {n} done\n" for n in range(300)) + "10:05:00 ERROR disk full\n"


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "app.log").write_text(LOG)
    desk = Desk(
        lambda: open_originals(tmp_path / "originals.db"), lambda: Memory(":memory:", scope="me"), root=tmp_path
    )
    yield desk
    desk.close()


def test_what_is_short_points_to_what_was_left_out(desk):
    answer = desk.compress(LOG, "What failed?", tokens=200)
    assert answer.values["tokens"] <= 200
    assert "disk full" in answer.text
    ident, lines = re.search(r'retrieve\(id="(\w+)", lines="([\d,-]+)"\)', answer.text).groups()
    assert ident == answer.values["id"]
    assert desk.retrieve(ident).text == LOG
    assert set(desk.retrieve(ident, lines=lines).text.splitlines()) <= set(LOG.splitlines())
    assert desk.read("app.log", "What failed?", tokens=200) == answer


@pytest.mark.parametrize("text", ["", " \n", "short", "x" * 50, '{"a": 1}'])
def test_what_cannot_be_shorter_comes_back_as_it_is(desk, text):
    answer = desk.compress(text)
    assert (answer.text, answer.values["shortened"], answer.values["id"]) == (text, False, "")
    assert answer.values["reason"]


def test_what_cannot_be_kept_is_not_shortened(tmp_path):
    full = Desk(lambda: open_originals(tmp_path / "o.db", cap=10), lambda: Memory(":memory:", scope="me"))
    answer = full.compress(LOG)
    assert answer.text == LOG
    assert "could not be kept" in answer.values["reason"]


def test_a_store_that_is_away_is_an_error_until_it_is_back(tmp_path):
    places = [tmp_path / "app.log" / "o.db", tmp_path / "o.db"]
    (tmp_path / "app.log").write_text(LOG)
    desk = Desk(lambda: open_originals(places[0]), lambda: Memory(":memory:", scope="me"))
    with pytest.raises(StoreUnavailable):
        desk.compress(LOG)
    places.pop(0)
    assert desk.compress(LOG).values["shortened"]


@pytest.mark.parametrize("on_risk", ["warn", "keep"])
def test_what_is_risky_says_so_or_stays_whole(on_risk, monkeypatch):
    """What tamis shortens is hardly ever risky, so denials that are merely gone count as such here."""
    for place in ("tamis.prompt.guards.risk.RISKY", "tamis.prompt.guards.RISKY", "tamis.prompt.chats.fold.RISKY"):
        monkeypatch.setattr(place, 0.2)
    text = "\n".join(f"{number}. Do not open valve {number} for {number + 5} minutes." for number in range(60))
    desk = Desk(lambda: open_originals(":memory:"), lambda: Memory(":memory:", scope="me"), on_risk=on_risk)
    answer = desk.compress(text, rate=0.1)
    assert answer.values["shortened"] == (on_risk == "warn")
    assert bool(answer.values["warnings"]) == (on_risk == "warn")
    assert (answer.text == text) == (on_risk == "keep")


def test_too_much_is_refused_with_its_size(desk):
    ident = desk.compress(LOG).values["id"]
    with pytest.raises(InvalidBudget, match=r"That is 301 lines, [\d,]+ tokens; max_tokens is 100"):
        desk.retrieve(ident, max_tokens=100)
    with pytest.raises(InvalidInput, match="has nothing at '900-910'"):
        desk.retrieve(ident, lines="900-910")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a\0b", "none.txt", "", "."])
def test_no_file_outside(desk, path):
    with pytest.raises(UnreadableInput):
        desk.read(path)


def test_without_the_package_or_with_an_old_one(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert main(["mcp"]) == 2
    assert "pip install 'tamis[mcp]'" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "mcp", ModuleType("mcp"))
    monkeypatch.setattr("tamis.edge.cli.mcp.needs", lambda *_: None)
    monkeypatch.delitem(sys.modules, "tamis.edge.mcp.server", raising=False)
    assert main(["mcp"]) == 2
    assert "'mcp>=2.3'" in capsys.readouterr().err


def test_the_registry_is_told_the_truth():
    server = json.loads((ROOT / "server.json").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (package,) = server["packages"]
    assert server["version"] == package["version"] == project["version"] == tamis.__version__
    assert package["identifier"] == project["name"]
    assert f"<!-- mcp-name: {server['name']} -->" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(server["description"]) <= 100
    assert package["runtimeArguments"][0]["value"] == project["optional-dependencies"]["mcp"][0]
