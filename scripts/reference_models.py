"""Make the tiny language models on which tamis and the `llmlingua` package are compared: a GPT-2 and a Llama.

    python scripts/reference_models.py          # into tests/golden/reference/, in about a minute

Each is trained for a few hundred steps on examples/meeting.txt, so that its surprisals are not flat. Seeded; the bytes
depend on the machine all the same, so `scripts/reference_golden.py` must follow.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "golden" / "reference"
MEETING = ROOT / "examples" / "meeting.txt"
VOCABULARY = 1000
STEPS, ROWS, LENGTH, RATE = 400, 8, 128, 3e-3
PLAIN = {"torch_dtype": "float32"}
FAMILIES: dict[str, dict[str, Any]] = {
    "gpt2": {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "vocab_size": VOCABULARY,
        "n_positions": 512,  # few, so that a longer prompt leaves the window
        "n_embd": 48,
        "n_layer": 2,
        "n_head": 4,
        "bos_token_id": 0,
        "eos_token_id": 0,
        **PLAIN,
    },
    "llama": {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 2048,
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "tie_word_embeddings": True,
        "bos_token_id": 0,
        "eos_token_id": 1,
        **PLAIN,
    },
}
SPECIAL = {"gpt2": ["<|endoftext|>"], "llama": ["<s>", "</s>"]}


def main() -> None:
    """Write both."""
    text = MEETING.read_text(encoding="utf-8")
    for family, config in FAMILIES.items():
        folder = FOLDER / family
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = byte_level(text, SPECIAL[family])
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        model, loss = _trained(family, config, tokenizer.encode(text, add_special_tokens=False).ids)
        weights = {n: w.half().contiguous() for n, w in model.state_dict().items() if n != "lm_head.weight"}
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        write_json(folder / "config.json", config)
        write_json(folder / "tokenizer_config.json", tokenizer_config(SPECIAL[family]))
        size = sum(f.stat().st_size for f in folder.iterdir())
        print(f"{family}: {loss:.2f} nats a token in the end, {size / 1000:.0f} kB")


def byte_level(text: str, special: list[str], size: int = VOCABULARY) -> Tokenizer:
    """A byte-level BPE; with two special tokens, the first begins every text, as Llama's does."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(text.splitlines(keepends=True), trainer)
    if len(special) > 1:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{special[0]} $A", pair=f"{special[0]} $A {special[0]} $B", special_tokens=[(special[0], 0)]
        )
    return tokenizer


def tokenizer_config(special: list[str]) -> dict[str, Any]:
    """What old and new transformers need to open such a tokenizer."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": special[0],
        "eos_token": special[-1],
        "clean_up_tokenization_spaces": False,
        "model_max_length": 10**6,
    }


def _trained(family: str, config: dict[str, Any], ids: list[int]) -> tuple[torch.nn.Module, float]:
    """The model after its steps, and the mean loss of the last ten."""
    torch.manual_seed(0)
    settings = {k: v for k, v in config.items() if k not in ("model_type", "architectures", *PLAIN)}
    model: torch.nn.Module = (
        GPT2LMHeadModel(GPT2Config(**settings, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0))
        if family == "gpt2"
        else LlamaForCausalLM(LlamaConfig(**settings))
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 0.5 + 0.5 * math.cos(math.pi * step / STEPS))
    text, losses = torch.tensor(ids), []
    longest = config.get("n_positions", LENGTH)
    for step in range(STEPS):
        length = longest if step % 4 == 0 else LENGTH  # late positions must be learnt too
        starts = torch.randint(0, len(ids) - length, (ROWS * LENGTH // length,))
        rows = torch.stack([text[s : s + length] for s in starts.tolist()])
        loss = model(input_ids=rows, labels=rows).loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(float(loss.detach()))
    return model, sum(losses[-10:]) / 10


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a value for people to read, too."""
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
