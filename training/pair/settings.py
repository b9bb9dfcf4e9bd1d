"""Everything that was chosen for the pair in one place. A change here is another pair."""

from dataclasses import dataclass

from .model import Shape

SEED = 20_26
VOCABULARY = 4096
CONTEXT = 512

# Wide and shallow: with rows of 512 ggml's F16 kernel verifies three tokens for about 1.65 single
# steps, with rows of 384 for 1.8 (two cores, AVX2).
TARGET = Shape(
    layers=4, width=512, heads=8, feed_forward=1280, vocabulary=VOCABULARY, context=CONTEXT
)
DRAFT = Shape(layers=2, width=128, heads=2, feed_forward=384, vocabulary=VOCABULARY, context=CONTEXT)


@dataclass(frozen=True)
class Schedule:
    """One training run. Learning rates are peaks: a short rise, a plateau, a linear fall to 0."""

    tokens: int
    sequence: int
    sequences_per_step: int
    matrix_rate: float
    embedding_rate: float
    output_rate: float
    rise: float = 0.03
    fall: float = 0.45

    @property
    def steps(self) -> int:
        return self.tokens // (self.sequence * self.sequences_per_step)


TARGET_SCHEDULE = Schedule(
    tokens=2_800_000,
    sequence=256,
    sequences_per_step=24,
    matrix_rate=0.02,
    embedding_rate=0.03,
    output_rate=0.004,
)
DRAFT_SCHEDULE = Schedule(
    tokens=2_400_000,
    sequence=256,
    sequences_per_step=16,
    matrix_rate=0.02,
    embedding_rate=0.03,
    output_rate=0.004,
)


@dataclass(frozen=True)
class Distillation:
    """What the target writes for the draft to learn from. Shares are of the rows of a batch."""

    batches: int
    rows_per_batch: int
    # Tokens of a row, its prefix included.
    length: int
    shortest_prefix: int
    longest_prefix: int
    corpus_share: float
    sampled_share: float
    temperature: float
    # How many of the target's likeliest tokens are noted at a position.
    kept: int


DISTILLATION = Distillation(
    batches=26,
    rows_per_batch=160,
    length=224,
    shortest_prefix=48,
    longest_prefix=112,
    corpus_share=0.2,
    sampled_share=0.2,
    temperature=0.8,
    kept=32,
)
DISTILLATION_SCHEDULE = Schedule(
    tokens=3_600_000,
    sequence=224,
    sequences_per_step=16,
    matrix_rate=0.015,
    embedding_rate=0.01,
    output_rate=0.003,
    fall=0.8,
)
