"""Draft heads as llama.cpp evaluates them: one block of the llama architecture, fed with vectors.

Parallel (Medusa, Cai et al. 2024): head k reads the target's state h(i) plus its own offset.
Chained (Hydra, Ankner et al. 2024; EAGLE, Li et al. 2024): head k reads the state of the head before
it (the first one h(i)), plus the embedding of the token before the one it proposes, plus its offset.
It attends to what the first head read at earlier places, and to the heads before it.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pair.model import rotate

from .settings import HEAD_WIDTH, NORM_EPSILON, ROPE_BASE, HeadsShape


class Attention(nn.Module):
    def __init__(self, shape: HeadsShape) -> None:
        super().__init__()
        inner = shape.attention * HEAD_WIDTH
        self.heads = shape.attention
        self.query = nn.Linear(shape.width, inner, bias=False)
        self.key = nn.Linear(shape.width, inner, bias=False)
        self.value = nn.Linear(shape.width, inner, bias=False)
        self.attention_output = nn.Linear(inner, shape.width, bias=False)
        nn.init.zeros_(self.attention_output.weight)

    def by_head(self, part: nn.Linear, normed: Tensor) -> Tensor:
        """[batch, heads, places, HEAD_WIDTH]"""
        batch, places, _ = normed.shape
        return part(normed).view(batch, places, self.heads, HEAD_WIDTH).transpose(1, 2)

    def joined(self, attended: Tensor) -> Tensor:
        return self.attention_output(attended.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, shape: HeadsShape) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.attention = Attention(shape) if shape.attention else None
        self.feed_forward_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)
        nn.init.zeros_(self.down.weight)

    def feed_forward(self, x: Tensor) -> Tensor:
        normed = self.feed_forward_norm(x)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed))


class Memory:
    """Keys and values of what the first head read, and of the later heads at the same places."""

    def __init__(self) -> None:
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []


class Embedding(nn.Module):
    """What a token adds to what a head reads: the target's own embedding of it through one map for all
    tokens, plus what is learned of this token alone. The map is learned from every place, so that
    tokens that are seldom seen mean something too."""

    def __init__(self, shape: HeadsShape) -> None:
        super().__init__()
        self.register_buffer("known", torch.zeros(shape.outputs, shape.width))
        self.map = nn.Parameter(torch.zeros(shape.width, shape.width))
        self.own = nn.Parameter(torch.zeros(shape.outputs, shape.width))

    def forward(self, outputs: Tensor) -> Tensor:
        return F.embedding(outputs, self.known) @ self.map + F.embedding(outputs, self.own)

    def rows(self) -> Tensor:
        """By output, [outputs, width]."""
        return self.known @ self.map + self.own


class Heads(nn.Module):
    """`forward` gives every head's states; `output` maps those to logits."""

    def __init__(self, shape: HeadsShape) -> None:
        super().__init__()
        self.shape = shape
        self.offsets = nn.Parameter(torch.zeros(shape.count, shape.width))
        self.embedding = Embedding(shape) if shape.chained else None
        self.block = Block(shape)
        self.output_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.output = nn.Linear(shape.width, shape.outputs, bias=False)

    def forward(self, hidden: Tensor, following: Tensor) -> list[Tensor]:
        """States of head 1, 2, …: [batch, places, width] each.

        hidden: the target's states h(i), [batch, places, width]
        following: outputs that stand for the tokens at i+1, i+2, …: [count, batch, places]
        """
        if self.embedding is None:
            return [self.parallel(hidden + offset) for offset in self.offsets]
        states, state, memory = [], hidden, Memory()
        for k, tokens in enumerate(following):
            state = self.chained(state + self.embedding(tokens) + self.offsets[k], memory, k)
            states.append(state)
        return states

    def parallel(self, x: Tensor) -> Tensor:
        return self.output_norm(self.block.feed_forward(x))

    def chained(self, x: Tensor, memory: Memory, depth: int) -> Tensor:
        attention, places = self.block.attention, x.shape[1]
        normed = self.block.attention_norm(x)
        turns = rotation(torch.arange(places) + depth)
        query = rotate(attention.by_head(attention.query, normed), *turns)
        memory.keys.append(rotate(attention.by_head(attention.key, normed), *turns))
        memory.values.append(attention.by_head(attention.value, normed))
        x = x + attention.joined(attended(query, memory))
        return self.output_norm(self.block.feed_forward(x))


def rotation(positions: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines and sines, [places, HEAD_WIDTH / 2] each."""
    pairs = torch.arange(0, HEAD_WIDTH, 2, dtype=torch.float32)
    angles = positions[:, None] * ROPE_BASE ** (-pairs / HEAD_WIDTH)
    return angles.cos(), angles.sin()


def attended(query: Tensor, memory: Memory) -> Tensor:
    """What place i of a head sees: the first head up to i, and the later heads at i alone.

    query: [batch, heads, places, HEAD_WIDTH]
    """
    places = query.shape[2]
    scale = HEAD_WIDTH**-0.5
    earlier = query @ memory.keys[0].transpose(-1, -2) * scale
    later_than = torch.ones(places, places, dtype=torch.bool).triu(1)
    scores = [earlier.masked_fill(later_than, float("-inf"))]
    scores += [(query * key).sum(-1, keepdim=True) * scale for key in memory.keys[1:]]
    weights = torch.cat(scores, dim=-1).softmax(dim=-1)
    result = weights[..., :places] @ memory.values[0]
    for number, value in enumerate(memory.values[1:]):
        result = result + weights[..., places + number, None] * value
    return result
