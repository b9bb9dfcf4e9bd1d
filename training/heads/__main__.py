"""Trains draft heads for a target: `python -m heads --target MODEL.gguf --text DIR --out FILE`.

Every stage leaves a file in the work folder and is skipped where that is there, so the same command
goes on after an interruption.
"""

import argparse
import time
from pathlib import Path

from .evaluate import agreement
from .export import write_heads
from .features import Recording, load, record
from .settings import HeadsShape, schedule_for
from .target import TargetMatrices
from .train import train
from .vocabulary import choose_outputs

EVALUATED_PLACES = 20_000


def main() -> None:
    options = arguments()
    began = time.monotonic()
    work: Path = options.work
    folder = work / "features"
    flags = ["--target", str(options.target), "--text", str(options.text)]
    flags += ["--tokens", str(options.tokens), "--own-share", str(options.own_share)]
    flags += ["--branches", str(options.branches)]
    record(options.specdec, folder, [*flags, *(["--chat"] if options.chat else [])])
    recording = load(folder)
    if not any(sequence.held_out for sequence in recording.sequences):
        raise SystemExit(f"{folder} holds nothing out: record it again with some text held out")
    outputs = choose_outputs(recording, options.outputs)
    chained = options.kind == "chained"
    shape = HeadsShape(
        kind=options.kind,
        count=options.heads,
        width=recording.width,
        feed_forward=options.feed_forward or recording.width,
        attention=options.attention if chained else 0,
        outputs=outputs.count,
        reduced=outputs.reduced,
    )
    trained = sum(sequence.rows for sequence in recording.trained())
    print(f"{trained:,} places to train on, {options.epochs} times; {outputs.count:,} outputs")
    schedule = schedule_for(trained * options.epochs, options.windows)
    target = TargetMatrices(options.target)
    model = train(shape, schedule, recording, outputs, target, work / f"{options.kind}.pt")
    right = report(model, recording, outputs)
    write_heads(
        model,
        outputs,
        recording,
        right,
        options.out,
        name=options.name or f"{recording.target['name']} {options.kind} heads",
        trained_tokens=trained,
    )
    size = options.out.stat().st_size
    minutes = (time.monotonic() - began) / 60
    print(f"{options.out}: {size:,} bytes, after {minutes:.1f} min of this run")


def report(model, recording: Recording, outputs) -> list[float]:
    """Prints acceptance on held-out text; returns that on text as it is, or on the target's own."""
    kept: list[float] = []
    for own, label in ((True, "the target's own text"), (False, "text as it is")):
        sequences = recording.held_out(own=own)
        found = agreement(model, recording, outputs, sequences, EVALUATED_PLACES)
        if found.places == 0:
            continue
        kept = found.right
        print(f"held out, {label}, {found.places:,} places")
        for head, (right, reached) in enumerate(zip(found.right, found.reached, strict=True), 1):
            print(f"  head {head}: right at {right:.1%}, with all before it at {reached:.1%}")
    return kept


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m heads", description="Trains draft heads for a target."
    )
    add = parser.add_argument
    add("--target", type=Path, required=True, help="GGUF file of the target")
    add("--text", type=Path, required=True, help="folder of text, of the kind that it is to write")
    add("--out", type=Path, required=True, help="GGUF file of the heads, to write")
    add("--work", type=Path, required=True, help="recordings and checkpoints; kept for a resume")
    add("--kind", choices=("parallel", "chained"), default="chained")
    add("--heads", type=int, default=4, help="number of heads")
    add("--tokens", type=int, default=400_000, help="places to record")
    add("--own-share", type=float, default=0.5, help="of them, in what the target itself writes")
    add("--branches", type=int, default=8, help="texts that it writes at once")
    add("--chat", action="store_true", help="it writes answers to the text, in its chat template")
    add("--outputs", type=int, default=8192, help="tokens that can be proposed; 0 for all")
    add("--feed-forward", type=int, default=0, help="inner width of the block; 0 for the target's width")
    add("--attention", type=int, default=4, help="attention heads of chained heads")
    add("--epochs", type=int, default=4, help="times that the recording is gone over")
    add("--windows", type=int, default=8, help="windows of 96 places that make one step")
    add("--name", help="name in the file")
    add(
        "--specdec",
        nargs="+",
        default=["node", str(Path(__file__).parents[2] / "bin" / "specdec.js")],
        help="how specdec is called",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
