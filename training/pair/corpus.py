"""The corpus: the Python source of the standard library that runs this program.

Licence: PSF-2.0, and what single files of the library say of themselves.
"""

import ast
import hashlib
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Tables and test data written as Python, not code that anyone would write by hand.
LEFT_OUT = (
    "site-packages/",
    "dist-packages/",
    "encodings/",
    "pydoc_data/",
    "ensurepip/_bundled/",
    "lib2to3/tests/data/",
    "test/cjkencodings/",
    "test/encoded_modules/",
    "__pycache__/",
)
HELD_OUT_PERCENT = 4
LARGEST_BYTES = 400_000
WINDOW_LINES = 6
MOST_SEEN = 0.5


@dataclass(frozen=True)
class SourceFile:
    """`name` is relative to the library's folder."""

    name: str
    text: str

    @property
    def held_out(self) -> bool:
        """By a hash of the name, so that the split does not move when a file comes or goes."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4]) % 100 < HELD_OUT_PERCENT


def standard_library() -> list[SourceFile]:
    """Every file that parses and is not mostly made of lines that a file before it had."""
    folder = Path(sysconfig.get_path("stdlib"))
    seen: set[int] = set()
    return [file for file in readable_files(folder) if is_new(file.text, seen)]


def readable_files(folder: Path) -> Iterator[SourceFile]:
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if name.startswith(LEFT_OUT) or "__pycache__/" in name:
            continue
        if path.stat().st_size > LARGEST_BYTES:
            continue
        try:
            text = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\f", "")
            ast.parse(text)
        except (UnicodeDecodeError, SyntaxError, ValueError):
            continue
        if text.strip():
            yield SourceFile(name, text)


def is_new(text: str, seen: set[int]) -> bool:
    """False for a file of whose six-line windows most were `seen`; else adds its own to them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    starts = range(max(1, len(lines) - WINDOW_LINES + 1))
    windows = [fingerprint(lines[start : start + WINDOW_LINES]) for start in starts]
    if sum(window in seen for window in windows) > MOST_SEEN * len(windows):
        return False
    seen.update(windows)
    return True


def fingerprint(lines: list[str]) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(lines).encode()).digest()[:8])
