"""What GUI-Actor is told: its prompts and tokens, word for word as its checkpoints were trained (MIT licence).

One prompt for each backbone, the same in training and in use. Source: github.com/microsoft/GUI-Actor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

IMAGE = "<|image_pad|>"
VISION = ("<|vision_start|>", "<|vision_end|>")
START, END, PAD = "<|pointer_start|>", "<|pointer_end|>", "<|pointer_pad|>"
ENDS = ("<|diff_marker|>", "<|im_end|>")  # of an answer
ADDED = ("<|recipient|>", "<|diff_marker|>", START, END, PAD)  # tokens that the backbone does not have
ASKED = "<|im_start|>assistant<|recipient|>os\n"
CLICK = f"pyautogui.click({START}{PAD}{END})"


@dataclass(frozen=True, slots=True)
class ActorPrompt:
    """The text around a screenshot and an instruction.

    Attributes:
        before: up to the picture.
        after: between the instruction and what the model writes.
        click: an answer with one pointer: appended, the model has nothing to write (placeholder mode).
    """

    before: str
    after: str = f"<|im_end|>\n{ASKED}"
    click: str = CLICK


def _prompt(system: str) -> ActorPrompt:
    return ActorPrompt(f"<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n")


PROMPTS: Mapping[str, ActorPrompt] = {  # by the model type of the configuration
    "qwen2_vl": _prompt(
        "You are a GUI agent. You are given a task and a screenshot of the screen. "
        "You need to perform a series of pyautogui actions to complete the task."
    ),
    "qwen2_5_vl": _prompt(
        "You are a GUI agent. Given a screenshot of the current GUI and a human instruction, your task is to locate "
        "the screen element that corresponds to the instruction. You should output a PyAutoGUI action that performs a "
        "click on the correct position. To indicate the click location, we will use some special tokens, which is used "
        "to refer to a visual patch later. For example, you can output: pyautogui.click(<your_special_token_here>)."
    ),
}

VERIFY = ActorPrompt(  # of the verifier, with the spelling that it was trained with
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n",
    "<|im_end|>\n<|im_start|>assistant\n",
    "",
)
QUESTION = (
    "Please observe the screenshot and exame whether the hollow red circle accurately placed on the intended position "
    "in the image: '",
    "'. Answer True or False.",
)
