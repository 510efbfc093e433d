"""The model card: what the encoder is, what it was made of, how good it is. Text only."""

from __future__ import annotations

from collections.abc import Mapping

from training.encoder.config import EncoderConfig

_HEAD = """# mini: the embedded encoder of tamis

A six-layer, 384-wide BERT encoder (22 M parameters, int8 ONNX, 23 MB) with four heads. It starts from
all-MiniLM-L6-v2 (Apache-2.0) and was fine-tuned by `python -m training encoder train`, seed {seed}.

| output | shape | meaning |
|---|---|---|
| `tiers` | (b, t, 4) | probability that the wordpiece's tier is at most 0, 1, 2, 3; `tiers[..., 1]` is "keep" |
| `salience` | (b, t) | probability that the wordpiece belongs to something people ask about |
| `evidence` | (b, t) | pairs only: logit that it lies in the sentence that answers the question |
| `answer` | (b, t) | pairs only: logit that it lies in the answer itself |
| `vector` | (b, 384) | sentence vector, unit length, distilled towards the original's |

`tiers` and `salience` read layer {keep_layer}. Feed `deep = false` and layers above it do not run (the last three
outputs are then empty). Pairs are "[CLS] question [SEP] title\\ntext [SEP]" with token types 0 and 1. English, uncased.
`config.json` holds the window advice, the weights that blend `tiers` and `salience` into one score, and the weights
that rank sentences (both fitted on dev documents).

## Data

| use | source | licence |
|---|---|---|
| tiers | UD English-EWT and GUM with deletion rules on gold trees | CC BY-SA 4.0; CC BY 4.0 (texts CC BY / BY-SA) |
| silver tiers, salience | corpus mix, labelled by a teacher | CC BY (-SA), MIT, BSD, Apache, CC0, CDLA, public domain |
| salience, evidence, answer | SQuAD (32 of 40 articles of its dev set) | CC BY-SA 4.0 |
| salience, evidence, answer | QAMR, QA-SRL Gold | MIT |
| evidence, answer | HotpotQA, MuSiQue training questions | CC BY-SA 4.0, CC BY 4.0 |
| evidence | QMSum train and validation turns | MIT |
| evidence, answer | questions made from corpus sentences by asking for a name or number | as the corpus |
| vector | the original model's vectors on all of these | Apache-2.0 |

Held out, by document: GUM academic and news, a tenth of EWT, the SQuAD articles {test}. Settings were chosen on GUM
{gum_dev}, another tenth of EWT and the SQuAD articles {dev}.

## Limits

English only; tiers are rules on dependency trees, not human compressions; salience follows what Wikipedia readers ask.
Activations are quantised per batch, so scores move in the third decimal with the batch. Not a judge of truth: it
marks what looks relevant. It knows nothing of the world after its texts.
"""


def card(config: EncoderConfig, measured: Mapping[str, Mapping[str, float]]) -> str:
    """The card with a table of figures (rows by measure, columns by model) when there are any."""
    text = _HEAD.format(
        seed=config.seed,
        keep_layer=config.model.keep_layer,
        test=", ".join(config.splits.squad_test).replace("_", " "),
        dev=", ".join(config.splits.squad_dev).replace("_", " "),
        gum_dev=", ".join(config.splits.gum_dev_genres),
    )
    return text + _table(measured) if measured else text


def _table(measured: Mapping[str, Mapping[str, float]]) -> str:
    columns = list(measured)
    rows = list(dict.fromkeys(name for figures in measured.values() for name in figures))
    head = [f"| measure | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines = ["", "## Measured on the held-out documents", "", *head]
    for name in rows:
        cells = (f"{measured[c][name]:.4f}" if name in measured[c] else "" for c in columns)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", "By `python -m training encoder evaluate`.", ""])
