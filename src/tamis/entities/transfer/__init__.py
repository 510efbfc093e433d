"""Learning from labels that nobody checked: of a language model, of other taggers, of another domain."""

from tamis.entities.transfer.denoising import DenoiseSettings, Denoising, Judgement, denoise
from tamis.entities.transfer.teaching import Tagger, Teaching, common_texts, teach, teacher_weights

__all__ = [
    "DenoiseSettings",
    "Denoising",
    "Judgement",
    "Tagger",
    "Teaching",
    "common_texts",
    "denoise",
    "teach",
    "teacher_weights",
]
