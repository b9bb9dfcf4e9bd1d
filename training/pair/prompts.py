"""The built-in prompts of the pair: how held-out functions begin."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .corpus import SourceFile
from .settings import SEED

PROMPTS = 12
SHORTEST_BODY_LINES = 6
LINES_BEFORE = 10
SHOWN_BODY_LINES = 2
LONGEST_CHARACTERS = 560


def write_prompts(files: list[SourceFile], out: Path) -> None:
    """One JSON object a line; the prompt ends in the middle of a function's body."""
    lines = [json.dumps(prompt, ensure_ascii=False) for prompt in chosen_prompts(files)]
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def chosen_prompts(files: list[SourceFile]) -> list[dict[str, str]]:
    """One function of each file, of `PROMPTS` files, chosen by the seed."""
    random = np.random.default_rng(SEED)
    suitable = [(file, list(beginnings(file))) for file in files if file.held_out]
    suitable = [(file, found) for file, found in suitable if found]
    order = random.permutation(len(suitable))[:PROMPTS]
    return [
        {
            "id": suitable[index][0].name,
            "category": "python",
            "prompt": suitable[index][1][int(random.integers(len(suitable[index][1])))],
        }
        for index in sorted(order)
    ]


def beginnings(file: SourceFile) -> Iterator[str]:
    lines = file.text.splitlines()
    for node in ast.walk(ast.parse(file.text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        body = node.body[0].lineno
        if (node.end_lineno or body) - body < SHORTEST_BODY_LINES:
            continue
        shown = lines[max(0, node.lineno - LINES_BEFORE) : body + SHOWN_BODY_LINES]
        prompt = "\n".join(shown).strip("\n")
        if len(prompt) <= LONGEST_CHARACTERS:
            yield prompt
