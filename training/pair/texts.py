"""Writes the training files of the corpus into a folder: `python -m pair.texts DIR`. Heads for the
embedded target are trained on them; what is held out stays out."""

import argparse
from pathlib import Path

from .corpus import standard_library


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pair.texts", description=__doc__)
    parser.add_argument("folder", type=Path, help="to write into")
    folder: Path = parser.parse_args().folder
    files = [file for file in standard_library() if not file.held_out]
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    print(f"{folder}: {len(files)} files")


if __name__ == "__main__":
    main()
