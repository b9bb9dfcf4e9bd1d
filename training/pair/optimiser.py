"""Muon for the matrices inside the blocks, Adam for the rest.

Muon (Jordan et al. 2024) orthogonalises the momentum of a matrix before it is applied. It is reported
to need fewer tokens than Adam for the same loss, and these models may see only a few million.
"""

import torch
from torch import Tensor

from .model import Llama
from .settings import Schedule

MOMENTUM = 0.95
# Coefficients of the quintic iteration of the reference implementation.
QUINTIC = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5


def orthogonalised(gradient: Tensor) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly: singular values end between 0.7 and 1.2."""
    a, b, c = QUINTIC
    wide = gradient if gradient.shape[0] <= gradient.shape[1] else gradient.T
    x = wide / (wide.norm() + 1e-7)
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x if gradient.shape[0] <= gradient.shape[1] else x.T


class Muon(torch.optim.Optimizer):
    def __init__(self, matrices: list[Tensor], rate: float) -> None:
        super().__init__(matrices, {"lr": rate})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for matrix in group["params"]:
                state = self.state[matrix]
                momentum = state.setdefault("momentum", torch.zeros_like(matrix))
                momentum.lerp_(matrix.grad, 1 - MOMENTUM)
                nesterov = matrix.grad.lerp(momentum, MOMENTUM)
                scale = max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
                matrix.add_(orthogonalised(nesterov), alpha=-group["lr"] * scale)


def optimisers(model: Llama, schedule: Schedule) -> list[torch.optim.Optimizer]:
    matrices = [p for p in model.blocks.parameters() if p.ndim == 2]
    norms = [p for p in model.parameters() if p.ndim == 1]
    adam = torch.optim.Adam(
        [
            {"params": [model.embedding.weight], "lr": schedule.embedding_rate},
            {"params": [model.output.weight], "lr": schedule.output_rate},
            {"params": norms, "lr": schedule.output_rate},
        ],
        betas=(0.9, 0.95),
        eps=1e-10,
    )
    return with_peaks([Muon(matrices, schedule.matrix_rate), adam])


def with_peaks(built: list[torch.optim.Optimizer]) -> list[torch.optim.Optimizer]:
    """Notes the rates that were given as the peaks of the schedule."""
    for optimiser in built:
        for group in optimiser.param_groups:
            group["peak"] = group["lr"]
    return built


def set_rates(built: list[torch.optim.Optimizer], schedule: Schedule, step: int) -> None:
    share = rate_share(schedule, step / schedule.steps)
    for optimiser in built:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * share


def rate_share(schedule: Schedule, done: float) -> float:
    """The part of the peak rate at `done` (0 … 1) of the run."""
    rising = (done + 1e-3) / schedule.rise
    falling = (1 - done) / schedule.fall
    return max(0.0, min(1.0, rising, falling))
