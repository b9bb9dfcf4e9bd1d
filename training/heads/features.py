"""What `specdec heads features` recorded, mapped into memory."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Sequence:
    """Rows `start` to `start + rows` of the recording. `own` where the target wrote them."""

    start: int
    rows: int
    own: bool
    held_out: bool


@dataclass(frozen=True)
class Recording:
    """Row i: a token, the target's hidden state at it, and its likeliest next tokens."""

    target: dict[str, str | int]
    width: int
    tokens: np.ndarray
    hidden: np.ndarray
    candidates: np.ndarray
    probabilities: np.ndarray
    sequences: list[Sequence]

    def rows(self, indices: np.ndarray) -> "Rows":
        """Rows by index, of any shape."""
        return Rows(
            torch.from_numpy(self.tokens[indices].astype(np.int64)),
            torch.from_numpy(self.hidden[indices].astype(np.float32)),
            torch.from_numpy(self.candidates[indices].astype(np.int64)),
            torch.from_numpy(self.probabilities[indices].astype(np.float32)),
        )

    def trained(self) -> list[Sequence]:
        return [each for each in self.sequences if not each.held_out]

    def held_out(self, *, own: bool) -> list[Sequence]:
        return [each for each in self.sequences if each.own == own and each.held_out]


@dataclass(frozen=True)
class Rows:
    """tokens [...], hidden [..., width], candidates and probabilities [..., kept]."""

    tokens: Tensor
    hidden: Tensor
    candidates: Tensor
    probabilities: Tensor


def record(specdec: list[str], folder: Path, arguments: Iterable[str]) -> None:
    """Calls `specdec heads features`, unless the folder holds a whole recording."""
    if (folder / "features.json").exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*specdec, "heads", "features", "--out", str(folder), *arguments], check=True)


def load(folder: Path) -> Recording:
    about = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    rows, width, kept = about["rows"], about["width"], about["candidates"]

    def numbers(name: str, kind: str, *shape: int) -> np.ndarray:
        return np.memmap(folder / name, dtype=kind, mode="r", shape=shape)

    sequences, start = [], 0
    for each in about["sequences"]:
        sequences.append(Sequence(start, each["rows"], each["origin"] == "own", each["heldOut"]))
        start += each["rows"]
    return Recording(
        about["target"],
        width,
        numbers("tokens.i32", "<i4", rows),
        numbers("hidden.f16", "<f2", rows, width),
        numbers("candidates.i32", "<i4", rows, kept),
        numbers("probabilities.f16", "<f2", rows, kept),
        sequences,
    )
