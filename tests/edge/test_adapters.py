"""Adapters where their packages are not installed: the error says how to install them."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from tamis.errors import MissingExtra

ADAPTERS = {  # module -> package, extra
    "langchain": ("langchain_core", "langchain"),
    "llama_index": ("llama_index", "llama-index"),
    "autogen": ("autogen_core", "autogen"),
    "agent_framework": ("agent_framework", "agent-framework"),
    "promptflow": ("promptflow", "promptflow"),
}


@pytest.mark.parametrize("module", ADAPTERS)
def test_a_package_that_is_not_there_is_named_with_its_command(module):
    package, extra = ADAPTERS[module]
    if find_spec(package) is not None:
        pytest.skip(f"{package} is installed")
    with pytest.raises(MissingExtra, match=rf"{package}.*pip install 'tamis\[{extra}\]'"):
        import_module(f"tamis.edge.adapters.{module}")
    assert f"tamis.edge.adapters.{module}" not in sys.modules
