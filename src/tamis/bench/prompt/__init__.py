"""What compressed prompts keep: answers, meaning, what a reader makes of them; tokens and time."""

from tamis.bench.prompt.answers import contains
from tamis.bench.prompt.meaning import Gold, Meaning
from tamis.bench.prompt.reader import Reader, Reading, open_reader
from tamis.bench.prompt.run import FULL, PromptPlan, measure_prompts
from tamis.bench.prompt.summary import PromptLine, summarise, table
from tamis.bench.prompt.tasks import PromptTask, read_tasks

__all__ = [
    "FULL",
    "Gold",
    "Meaning",
    "PromptLine",
    "PromptPlan",
    "PromptTask",
    "Reader",
    "Reading",
    "contains",
    "measure_prompts",
    "open_reader",
    "read_tasks",
    "summarise",
    "table",
]
