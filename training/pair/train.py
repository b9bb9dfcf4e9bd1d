"""The training loop that both models share: seeded, resumable, with progress on stdout."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .model import Llama, Shape
from .optimiser import optimisers, set_rates
from .settings import SEED, Schedule

SAVE_EVERY_SECONDS = 240
REPORT_EVERY_STEPS = 20
CLIP_NORM = 1.0


def windows(stream: np.ndarray, schedule: Schedule, step: int) -> Tensor:
    """The batch of a step: [sequences, sequence + 1], cut from a stream without overlap.

    Windows are shuffled anew in each epoch and depend on the step alone, so that a resumed run sees
    what an uninterrupted one would have seen.
    """
    span = schedule.sequence
    per_epoch = (len(stream) - 1) // span
    first = step * schedule.sequences_per_step
    rows = []
    for index in range(first, first + schedule.sequences_per_step):
        epoch, place = divmod(index, per_epoch)
        order = np.random.default_rng((SEED, epoch)).permutation(per_epoch)
        start = int(order[place]) * span
        rows.append(stream[start : start + span + 1])
    return torch.from_numpy(np.stack(rows).astype(np.int64))


def next_token_loss(model: Llama, batch: Tensor) -> Tensor:
    hidden = model(batch[:, :-1])
    logits = model.output(hidden)
    return F.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())


def train_on_stream(
    shape: Shape, schedule: Schedule, stream: np.ndarray, checkpoint: Path, label: str
) -> Llama:
    """A model from nothing, by cross-entropy on the next token."""
    torch.manual_seed(SEED)
    model = Llama(shape)
    loss = torch.compile(next_token_loss)
    built = optimisers(model, schedule)
    run(
        model,
        built,
        schedule,
        checkpoint,
        label,
        lambda step: loss(model, windows(stream, schedule, step)),
    )
    return model


def run(
    model: nn.Module,
    built: list[torch.optim.Optimizer],
    schedule: Schedule,
    checkpoint: Path,
    label: str,
    loss_of_step: Callable[[int], Tensor],
) -> None:
    """Trains to the end of the schedule, from the checkpoint if there is one."""
    step = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        for optimiser, state in zip(built, saved["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        step = saved["step"]
        print(f"{label}: goes on at step {step} of {schedule.steps}", flush=True)
    progress = Progress(label, schedule, step)
    while step < schedule.steps:
        set_rates(built, schedule, step)
        value = loss_of_step(step)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
        for optimiser in built:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        if progress.add(value.item()):
            save(checkpoint, model, built, step)
    model.eval()


class Progress:
    """Prints how far a run is, and tells when it is time to save."""

    def __init__(self, label: str, schedule: Schedule, step: int) -> None:
        self.label, self.schedule, self.step = label, schedule, step
        self.losses: list[float] = []
        self.saved_at = self.reported_at = time.monotonic()

    def add(self, loss: float) -> bool:
        """Counts a step; true where a checkpoint is due."""
        self.losses.append(loss)
        self.step += 1
        if len(self.losses) == REPORT_EVERY_STEPS:
            self.report()
        now = time.monotonic()
        due = now - self.saved_at > SAVE_EVERY_SECONDS or self.step == self.schedule.steps
        if due:
            self.saved_at = now
        return due

    def report(self) -> None:
        seconds = time.monotonic() - self.reported_at
        schedule, steps = self.schedule, len(self.losses)
        rate = steps * schedule.sequence * schedule.sequences_per_step / seconds
        left = (schedule.steps - self.step) * seconds / steps / 60
        print(
            f"{self.label}: step {self.step}/{schedule.steps}, loss {sum(self.losses) / steps:.3f}, "
            f"{rate:.0f} tokens/s, {left:.0f} min left",
            flush=True,
        )
        self.losses, self.reported_at = [], time.monotonic()


def save(
    checkpoint: Path, model: nn.Module, built: list[torch.optim.Optimizer], step: int
) -> None:
    part = checkpoint.with_suffix(".part")
    state = {
        "model": model.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in built],
        "step": step,
    }
    torch.save(state, part)
    part.replace(checkpoint)
