"""What compressed prompts keep: the answers to their questions where there are any, else tokens and time."""

from tamis.bench.prompt.answers import contains
from tamis.bench.prompt.run import PromptPlan, measure_prompts
from tamis.bench.prompt.summary import PromptLine, summarise, table
from tamis.bench.prompt.tasks import PromptTask, read_tasks

__all__ = [
    "PromptLine",
    "PromptPlan",
    "PromptTask",
    "contains",
    "measure_prompts",
    "read_tasks",
    "summarise",
    "table",
]
