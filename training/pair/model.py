"""A llama-architecture decoder, as llama.cpp evaluates it: RMS norms before each part, rotary
positions over adjacent pairs of dimensions, SwiGLU, no biases, an output matrix of its own."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ROPE_BASE = 10_000.0
NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class Shape:
    """The sizes of one model. `heads` divides `width`; the width of a head is even."""

    layers: int
    width: int
    heads: int
    feed_forward: int
    vocabulary: int
    context: int

    @property
    def head_width(self) -> int:
        return self.width // self.heads


def rotation_table(shape: Shape) -> tuple[Tensor, Tensor]:
    """Cosines and sines by position and pair of dimensions: [context, head_width / 2] each."""
    pairs = torch.arange(0, shape.head_width, 2, dtype=torch.float64)
    frequencies = ROPE_BASE ** (-pairs / shape.head_width)
    angles = torch.arange(shape.context, dtype=torch.float64)[:, None] * frequencies
    return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Rotates dimensions (0,1), (2,3), … of [batch, heads, positions, head_width]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    turned = torch.stack((even * cosines - odd * sines, even * sines + odd * cosines), dim=-1)
    return turned.flatten(-2)


class Cache:
    """Keys and values of one layer for a generation: [batch, heads, room, head_width] each."""

    def __init__(self, shape: Shape, batch: int, room: int) -> None:
        size = (batch, shape.heads, room, shape.head_width)
        self.keys, self.values = torch.zeros(size), torch.zeros(size)
        self.length = 0

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Adds what a batch evaluated; returns all that is held."""
        end = self.length + keys.shape[2]
        self.keys[:, :, self.length : end] = keys
        self.values[:, :, self.length : end] = values
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.head_width = shape.heads, shape.head_width
        self.attention_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.query = nn.Linear(shape.width, shape.width, bias=False)
        self.key = nn.Linear(shape.width, shape.width, bias=False)
        self.value = nn.Linear(shape.width, shape.width, bias=False)
        self.attention_output = nn.Linear(shape.width, shape.width, bias=False)
        self.feed_forward_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x: Tensor, cosines: Tensor, sines: Tensor, cache: Cache | None) -> Tensor:
        batch, positions, width = x.shape
        normed = self.attention_norm(x)

        def by_head(part: nn.Linear) -> Tensor:
            return part(normed).view(batch, positions, self.heads, self.head_width).transpose(1, 2)

        query = rotate(by_head(self.query), cosines, sines)
        key, value = rotate(by_head(self.key), cosines, sines), by_head(self.value)
        if cache is not None:
            key, value = cache.extend(key, value)
        causal = positions > 1
        attended = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
        x = x + self.attention_output(attended.transpose(1, 2).reshape(batch, positions, width))
        normed = self.feed_forward_norm(x)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed))


class Llama(nn.Module):
    """`forward` maps tokens [batch, positions] to final hidden states [batch, positions, width];
    `output` maps those to logits. The two are apart so that a loss need not hold all logits."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.output = nn.Linear(shape.width, shape.vocabulary, bias=False)
        cosines, sines = rotation_table(shape)
        self.register_buffer("cosines", cosines, persistent=False)
        self.register_buffer("sines", sines, persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        """Each block starts as the identity and the output as the uniform distribution."""
        for block in self.blocks:
            nn.init.zeros_(block.attention_output.weight)
            nn.init.zeros_(block.down.weight)
        nn.init.normal_(self.embedding.weight, std=0.5)
        nn.init.zeros_(self.output.weight)

    def forward(self, tokens: Tensor, caches: list[Cache] | None = None) -> Tensor:
        held = 0 if caches is None else caches[0].length
        if held and tokens.shape[1] > 1:
            raise ValueError("after the prompt, tokens are evaluated one by one")
        rows = slice(held, held + tokens.shape[1])
        x = self.embedding(tokens)
        for index, block in enumerate(self.blocks):
            cache = None if caches is None else caches[index]
            x = block(x, self.cosines[rows], self.sines[rows], cache)
        return self.output_norm(x)

    def new_caches(self, batch: int, room: int) -> list[Cache]:
        """Room is counted in tokens and is at most the context."""
        return [Cache(self.shape, batch, room) for _ in self.blocks]

    def parameters_total(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())
