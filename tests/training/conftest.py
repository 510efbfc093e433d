"""Training needs the extra `train`; without it these tests are not collected."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

_NEEDED = ("torch", "onnx", "safetensors")
collect_ignore_glob = [] if all(map(find_spec, _NEEDED)) else ["test_*.py"]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny matrices are slower on several threads, and much slower when other work shares the cores."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
