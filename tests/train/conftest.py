"""Training needs the extra `train`; without it these tests are not collected."""

from importlib.util import find_spec

_NEEDED = ("torch", "onnx", "safetensors", "tqdm")
collect_ignore_glob = [] if all(map(find_spec, _NEEDED)) else ["test_*.py"]
