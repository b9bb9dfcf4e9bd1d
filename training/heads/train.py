"""Trains heads on the target's own probabilities: cross-entropy against its likeliest tokens, which
is the Kullback-Leibler divergence up to a constant."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pair.optimiser import Muon, with_peaks
from pair.train import Schedule, run

from .batches import Windows
from .features import Recording, Rows
from .model import Heads
from .settings import LATER_HEADS, PLACES_SHARE, SEED, HeadsShape
from .target import TargetMatrices
from .vocabulary import Outputs

# What embeddings begin at, over the states that they are added to. Where the target has one matrix for
# both, a token's embedding calls for that token itself, and loudly.
EMBEDDING = 0.5
TIED_EMBEDDING = 0.03


def train(
    shape: HeadsShape,
    schedule: Schedule,
    recording: Recording,
    outputs: Outputs,
    target: TargetMatrices,
    checkpoint: Path,
) -> Heads:
    torch.manual_seed(SEED)
    model = Heads(shape)
    begin_at(model, recording, outputs, target)
    windows = Windows(recording, schedule, shape.count)

    def loss_of_step(step: int) -> Tensor:
        generator = torch.Generator().manual_seed(SEED + step)
        return loss_of(model, *windows.of_step(step), outputs, generator)

    run(model, optimisers(model, schedule), schedule, checkpoint, shape.kind, loss_of_step)
    return model


@torch.no_grad()
def begin_at(
    model: Heads, recording: Recording, outputs: Outputs, target: TargetMatrices
) -> None:
    """Before training every head says what the target would say at the state it reads."""
    sample = torch.from_numpy(np.array(recording.hidden[:4096], dtype=np.float32))
    scale = sample.square().mean().sqrt()
    model.output_norm.weight.fill_(scale)
    model.output.weight.copy_(rows_of(target.output, outputs))
    model.offsets.normal_(std=0.02 * float(scale))
    if model.embedding is not None:
        rows = rows_of(target.embedding, outputs)
        share = TIED_EMBEDDING if target.tied else EMBEDDING
        model.embedding.known.copy_(rows * (scale / rms(rows)))
        model.embedding.map.copy_(share * torch.eye(model.shape.width))


def rows_of(matrix: Tensor, outputs: Outputs) -> Tensor:
    """The matrix by output; what stands for all other tokens begins at their mean."""
    if outputs.tokens is None:
        return matrix[: outputs.count]
    return torch.cat((matrix[outputs.tokens], matrix.mean(dim=0, keepdim=True)))


def rms(values: Tensor) -> float:
    return float(values.detach().square().mean().sqrt())


def optimisers(model: Heads, schedule: Schedule) -> list[torch.optim.Optimizer]:
    """Muon inside the block, Adam for the rest, whose rates are shares of what it begins at."""
    matrices = [parameter for parameter in model.block.parameters() if parameter.ndim == 2]
    if model.embedding is not None:
        matrices.append(model.embedding.map)
    norms = [parameter for parameter in model.parameters() if parameter.ndim == 1]
    scale = rms(model.output_norm.weight)
    groups = [
        {"params": [model.output.weight], "lr": schedule.output_rate * rms(model.output.weight)},
        {"params": [model.offsets], "lr": schedule.embedding_rate * scale},
        {"params": norms, "lr": schedule.output_rate},
    ]
    if model.embedding is not None:
        rate = schedule.embedding_rate * EMBEDDING * scale
        groups.append({"params": [model.embedding.own], "lr": rate})
    adam = torch.optim.Adam(groups, betas=(0.9, 0.95), eps=1e-10)
    return with_peaks([Muon(matrices, schedule.matrix_rate), adam])


def loss_of(
    model: Heads, rows: Rows, there: np.ndarray, outputs: Outputs, generator: torch.Generator
) -> Tensor:
    """Mean over places, later heads weighted down."""
    count = model.shape.count
    places = rows.tokens.shape[1] - count
    states = model(rows.hidden[:, :places], following(rows, outputs, count))
    # A window is padded at its end: where the last head has a label, all have.
    labelled = torch.from_numpy(there[:, count:]).flatten()
    chosen = labelled & (torch.rand(labelled.shape, generator=generator) < PLACES_SHARE)
    total, weights = torch.zeros(()), 0.0
    for k, state in enumerate(states):
        logits = model.output(state.flatten(0, 1)[chosen])
        labels = slice(k + 1, k + 1 + places)
        candidates = outputs.of_token[rows.candidates[:, labels].flatten(0, 1)[chosen]]
        probabilities = rows.probabilities[:, labels].flatten(0, 1)[chosen]
        weight = LATER_HEADS**k
        total = total + weight * cross_entropy(logits, candidates, probabilities)
        weights += weight
    return total / weights


def following(rows: Rows, outputs: Outputs, count: int) -> Tensor:
    """What stands for the tokens at i+1, i+2, …: [count, batch, places]."""
    places = rows.tokens.shape[1] - count
    stand_ins = outputs.of_token[rows.tokens]
    return torch.stack([stand_ins[:, k + 1 : k + 1 + places] for k in range(count)])


def cross_entropy(logits: Tensor, candidates: Tensor, probabilities: Tensor) -> Tensor:
    """Candidates and probabilities [places, kept]; what they leave out is spread over them."""
    shares = probabilities / probabilities.sum(dim=-1, keepdim=True)
    chosen = logits.gather(-1, candidates)
    return (logits.logsumexp(dim=-1) - (shares * chosen).sum(dim=-1)).mean()
