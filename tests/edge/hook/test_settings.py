"""The settings of agents: in and out, and everything else as it was; the installer as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.edge.cli import main
from tamis.edge.hook.agents.table import AGENTS
from tamis.edge.hook.settings import has_hook, is_bare, with_hook, without_hook
from tamis.errors import InvalidInput

COMMAND = "/opt/x/bin/tamis-hook"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
OTHER = st.dictionaries(st.text(max_size=6).filter(lambda key: key not in ("hooks", "version")), VALUES, max_size=4)
GROUPS = st.lists(st.fixed_dictionaries({"matcher": st.text(max_size=4), "hooks": st.just([{"command": "other"}])}))
INDENTS = st.sampled_from([None, 1, 2, 4, "\t"])
AGENT = st.sampled_from(sorted(AGENTS))


@given(OTHER, INDENTS, AGENT)
def test_out_again_leaves_what_was_there(other, indent, name):
    agent = AGENTS[name]
    text = json.dumps({**agent.fresh, **other}, indent=indent)
    inside = with_hook(text, agent, COMMAND)
    assert has_hook(inside)
    assert json.loads(inside) | {"hooks": None} == {**agent.fresh, **other, "hooks": None}
    assert with_hook(inside, agent, COMMAND) == inside
    assert without_hook(inside) == text


@given(GROUPS.filter(bool), INDENTS, OTHER)
def test_beside_hooks_of_others(groups, indent, other):
    text = json.dumps({"hooks": {"PostToolUse": groups, "Stop": groups}, **other}, indent=indent)
    inside = with_hook(text, AGENTS["claude"], COMMAND)
    assert json.loads(inside)["hooks"]["PostToolUse"][:-1] == groups
    assert json.loads(inside)["hooks"]["Stop"] == groups
    assert without_hook(inside) == text


@given(AGENT)
def test_another_command_takes_the_place_of_the_old_one(name):
    agent = AGENTS[name]
    old = with_hook("", agent, "/old/tamis-hook --rate 0.5")
    new = with_hook(old, agent, COMMAND)
    assert "/old/" not in new
    assert new == with_hook("", agent, COMMAND)
    assert is_bare(without_hook(new), agent)


NOT_OURS = [
    {"apiKeyHelper": "/opt/tamis-hook/key.sh"},
    {"env": {"NOTE": "see tamis-hook", "command": "tamis-hook"}},
    {"permissions": {"allow": ["Bash(tamis-hook warm)"]}},
    {"statusLine": {"type": "command", "command": "tamis-hook"}},
    {"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "/opt/tamis-hooks/mine.sh"}]}]}},
    {"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "mine", "about": "no tamis-hook"}]}]}},
]


@pytest.mark.parametrize("settings", NOT_OURS)
def test_what_only_names_the_hook_is_the_users(settings):
    text = json.dumps(settings)
    assert not has_hook(text)
    assert without_hook(text) == text
    inside = with_hook(text, AGENTS["claude"], COMMAND)
    assert with_hook(inside, AGENTS["claude"], COMMAND) == inside
    assert without_hook(inside) == text


LINES = [
    "tamis-hook",
    "'/my home/tamis-hook' --rate 0.5",
    r"C:\\x\\tamis-hook.exe warm",
    "python -m tamis.edge.hook.client",
]


@pytest.mark.parametrize("line", LINES)
def test_ours_in_whatever_spelling(line):
    assert has_hook(with_hook("", AGENTS["claude"], line))


def test_ours_in_a_group_with_others():
    ours, other = {"type": "command", "command": COMMAND}, {"type": "command", "command": "other"}
    text = json.dumps({"hooks": {"PostToolUse": [{"matcher": "Bash", "hooks": [other, ours]}]}})
    assert json.loads(without_hook(text)) == {"hooks": {"PostToolUse": [{"matcher": "Bash", "hooks": [other]}]}}


@pytest.mark.parametrize(
    "text", ["[]", "7", '{"hooks": []}', '{"hooks": {"PostToolUse": {}}}', "{", '{"a": 1,}', "// x\n{}"]
)
def test_settings_of_another_shape_are_refused(text):
    with pytest.raises(InvalidInput):
        with_hook(text, AGENTS["claude"], COMMAND)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TAMIS_HOOK_DIR", str(tmp_path / "hook"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_install_shows_asks_and_is_idempotent(home, capsys):
    path = home / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text('{"model": "x"}\n', encoding="utf-8")
    assert main(["hook", "install", "claude"]) == 2  # nobody is there to ask
    assert path.read_text(encoding="utf-8") == '{"model": "x"}\n'
    assert main(["hook", "install", "--yes", "--rate", "0.5"]) == 0
    assert "+" in capsys.readouterr().out
    settings = json.loads(path.read_text(encoding="utf-8"))
    assert settings["hooks"]["PostToolUse"][0]["hooks"][0]["command"].endswith(" --rate 0.5")
    before = path.read_bytes()
    assert main(["hook", "install", "claude", "--yes", "--rate", "0.5"]) == 0
    assert path.read_bytes() == before
    assert main(["hook", "uninstall", "claude", "--yes"]) == 0
    assert path.read_text(encoding="utf-8") == '{"model": "x"}\n'


def test_a_file_that_is_all_ours_goes(home):
    assert main(["hook", "install", "copilot", "--project", "--yes"]) == 0
    path = home / ".github" / "hooks" / "tamis.json"
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 1
    assert main(["hook", "uninstall", "--project", "--yes"]) == 0
    assert not path.exists()


def test_broken_settings_are_left(home, capsys):
    path = home / ".cursor" / "hooks.json"
    path.parent.mkdir()
    path.write_text("{ // mine\n}", encoding="utf-8")
    assert main(["hook", "install", "cursor", "--yes"]) == 2
    assert "JSON" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "{ // mine\n}"


def test_no_agent_is_there(home, capsys):
    assert main(["hook", "install", "--yes"]) == 2
    assert "claude" in capsys.readouterr().err


@pytest.mark.parametrize("rate", ["0", "1.5", "x"])
def test_a_rate_that_is_none(home, rate):
    assert main(["hook", "install", "claude", "--yes", "--rate", rate]) == 2
    assert not (home / ".claude").exists()


def test_status_and_stop(home, capsys):
    assert main(["hook", "install", "claude", "--yes"]) == 0
    assert main(["hook", "status"]) == 0
    out = capsys.readouterr().out
    assert ".claude" in out
    assert "nothing was handed over yet" in out
    assert main(["hook", "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exchanges"] == []
    assert main(["hook", "stop"]) == 0
