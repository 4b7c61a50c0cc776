"""What all imports share: reading a CSV file row by row, counting what became of each, and saying why not."""

import csv
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO, TypeVar

from django.db import connection, transaction

T = TypeVar("T")

CELL_LIMIT = 1024 * 1024
LONGEST_PAUSE = 0.1
_REASONS = {
    "unexpected end of data": "the file ends within a quoted cell, so a part of it is missing",
    "',' expected after '\"'": "a quoted cell goes on after its closing quote",
}


@dataclass
class Report:
    """What became of the rows: ``counts`` by outcome, and the line, key and reason of each that was refused."""

    counts: "Counter[str]" = field(default_factory=Counter)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def refuse(self, line: int, key: str, reason: str) -> None:
        self.counts["refused"] += 1
        self.refused.append((line, key, reason))

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @property
    def all_refused(self) -> bool:
        """Whether there were rows, and not one of them could be taken."""
        return 0 < self.rows == self.counts["refused"]

    def summary(self) -> str:
        """One line of figures."""
        seconds = time.perf_counter() - self.started
        parts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(self.counts.items()))
        return f"{self.rows} rows in {seconds:.1f} s: {parts or 'nothing to do'}"

    def lines(self) -> Iterator[str]:
        """One line for each refused row."""
        for line, key, reason in self.refused:
            yield f"line {line} ({key or 'no key'}): {reason}"


def read_csv(path: Path, required: set[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Line number and row of a UTF-8 CSV file with a header; a row of several lines has the number of its last.

    Raises ``ValueError`` when there is no such file, a required column is missing, or the file is no CSV or not whole.
    """
    with _lines(path) as lines:
        reader = csv.DictReader(lines, strict=True)
        missing = required - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path} has no column {', '.join(sorted(missing))}.")
        for row in reader:
            yield reader.line_num, row


def count_rows(path: Path) -> int:
    """Records of a CSV file, for a progress bar; line breaks within quotes do not count. Raises as ``read_csv``."""
    with _lines(path) as lines:
        return max(0, sum(1 for row in csv.reader(lines, strict=True) if row) - 1)


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[str]]:
    csv.field_size_limit(CELL_LIMIT)
    read = 0
    with _opened(path) as stream:

        def lines() -> Iterator[str]:
            nonlocal read
            for line in stream:
                read += 1
                yield line.replace("\0", "")

        try:
            yield lines()
        except csv.Error as error:
            raise ValueError(f"{path}, line {read}: {_REASONS.get(str(error), error)}.") from None


def _opened(path: Path) -> TextIO:
    try:
        # Surplus bytes must not end an import half-way: they become the replacement character, which shows.
        return path.open(encoding="utf-8-sig", errors="replace", newline="")
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise ValueError(f"{path} is a folder.") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from None


@contextmanager
def trial(dry_run: bool) -> Iterator[None]:
    """Run the body, which takes one chunk; a dry run undoes it.

    Nothing is held from one chunk to the next, so the body has to remember what earlier chunks of a dry run made.
    After each chunk the others get a turn: who waits for the SQLite file looks only every tenth of a second whether it
    is free, and would find it taken each time.
    """
    started = time.perf_counter()
    with transaction.atomic() if dry_run else nullcontext():
        yield
        if dry_run:
            transaction.set_rollback(True)
    if connection.vendor == "sqlite":
        time.sleep(min(LONGEST_PAUSE, (time.perf_counter() - started) / 4))


def chunks(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    """``rows`` in lists of at most ``size``."""
    while chunk := list(islice(rows, size)):
        yield chunk
