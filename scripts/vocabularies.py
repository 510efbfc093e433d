"""Write the vocabularies that tamis ships from the package `rs-bpe`, which carries them inside its binary.

python scripts/vocabularies.py
"""

from __future__ import annotations

import zlib
from pathlib import Path

from rs_bpe.bpe import openai

FOLDER = Path(__file__).parents[1] / "src" / "tamis" / "text" / "vocabularies"
SIZES = {"o200k_base": 199_998, "cl100k_base": 100_256}  # ordinary tokens; the special ones come after


def main() -> None:
    """Write one file for each vocabulary."""
    for name, size in SIZES.items():
        decode = getattr(openai, name)().bpe().decode_tokens
        tokens = [bytes(decode([rank])) for rank in range(size)]
        data = size.to_bytes(4, "little") + bytes(map(len, tokens)) + b"".join(tokens)
        (FOLDER / f"{name}.bin").write_bytes(zlib.compress(data, 9))
        print(f"{name}: {size:,} tokens")


if __name__ == "__main__":
    main()
