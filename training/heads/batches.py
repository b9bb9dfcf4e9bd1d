"""Windows of recorded sequences, of text as it is and of what the target wrote as they come."""

import numpy as np

from pair.train import Schedule

from .features import Recording, Rows, Sequence
from .settings import SEED


class Windows:
    """The batch of a step depends on the step alone, so a resumed run sees what one run would have."""

    def __init__(self, recording: Recording, schedule: Schedule, heads: int) -> None:
        self.recording, self.schedule = recording, schedule
        # A window needs a row behind its last place for every head.
        self.span = schedule.sequence
        self.sequences = [s for s in recording.trained() if s.rows > heads + 1]
        if not self.sequences:
            raise ValueError("the recording has nothing to train on")
        rows = np.array([sequence.rows for sequence in self.sequences], dtype=np.float64)
        self.weights = rows / rows.sum()

    def of_step(self, step: int) -> tuple[Rows, np.ndarray]:
        """Rows [windows, span], and which of them are there [windows, span]: short ones are padded."""
        random = np.random.default_rng((SEED, step))
        count = self.schedule.sequences_per_step
        picks = random.choice(len(self.sequences), count, p=self.weights)
        rows = [self.window(self.sequences[pick], random) for pick in picks]
        indices = np.stack([index for index, _ in rows])
        there = np.stack([mask for _, mask in rows])
        return self.recording.rows(indices), there

    def window(self, sequence: Sequence, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        room = max(0, sequence.rows - self.span)
        first = int(random.integers(0, room + 1))
        places = first + np.arange(self.span)
        there = places < sequence.rows
        return sequence.start + np.minimum(places, sequence.rows - 1), there
