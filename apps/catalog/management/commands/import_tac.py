"""manage.py import_tac FILE: take a list of type allocation codes into the catalogue."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.catalog.selectors import ModelNames, allocation_figures
from apps.catalog.services import Remembered, import_allocations
from apps.core.actor import Actor
from apps.core.imports import Report, chunks, count_rows, read_csv, trial

CHUNK = 1000


class Command(BaseCommand):
    help = "Imports type allocation codes (TAC) from a CSV file (tac, brand, model, aka). Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, and change nothing.")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        report = Report()
        actor = Actor.system("TAC import")
        remembered: Remembered | None = {} if dry_run else None
        try:
            rows = read_csv(file, {"tac", "brand", "model"})
            models = ModelNames(loose=False)
            with tqdm(total=count_rows(file), unit="row", disable=None) as bar:
                for chunk in chunks(rows, CHUNK):
                    with trial(dry_run):
                        import_allocations(chunk, report, models=models, actor=actor, remembered=remembered)
                    bar.update(len(chunk))
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from None
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(("dry run, nothing changed: " if dry_run else "") + report.summary())
        if not dry_run:
            linked, known = allocation_figures()
            self.stdout.write(f"{linked} of {known} codes lead to a model of the catalogue")
        if report.all_refused:
            raise CommandError("Not one row could be taken.")
