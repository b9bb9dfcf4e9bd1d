"""Everything that was chosen for heads in one place."""

from dataclasses import dataclass

from pair.train import Schedule

SEED = 20_26
NORM_EPSILON = 1e-5
ROPE_BASE = 10_000.0
# Later heads are reached less often, and are worth less: the loss of head k counts this to the k-1.
LATER_HEADS = 0.8
# Of the places of a batch this share is put through the output matrix, which costs most.
PLACES_SHARE = 0.5


@dataclass(frozen=True)
class HeadsShape:
    """`attention` is the number of attention heads, of `HEAD_WIDTH` each; parallel heads have none."""

    kind: str
    count: int
    width: int
    feed_forward: int
    attention: int
    outputs: int
    reduced: bool

    @property
    def chained(self) -> bool:
        return self.kind == "chained"


HEAD_WIDTH = 64


def schedule_for(tokens: int, windows: int) -> Schedule:
    """Rates are peaks. `tokens` counts places over all epochs, `windows` are in a step."""
    return Schedule(
        tokens=tokens,
        sequence=96,
        sequences_per_step=windows,
        matrix_rate=0.01,
        embedding_rate=0.003,
        output_rate=0.001,
        rise=0.03,
        fall=0.7,
    )
