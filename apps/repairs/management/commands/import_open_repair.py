"""manage.py import_open_repair FILE: take records of repair events through the shop's own services."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.core.actor import Actor
from apps.core.imports import Report, chunks, count_rows, read_csv, trial
from apps.repairs.services import OpenRepairImport

CHUNK = 50
COLUMNS = {"id", "product_category", "repair_status", "event_date", "problem"}


class Command(BaseCommand):
    help = "Imports Open Repair Data (CSV) as repair orders of anonymous customers, each taken to its real outcome."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, and change nothing.")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        report = Report()
        try:
            rows = read_csv(file, COLUMNS)
            with tqdm(total=count_rows(file), unit="record", disable=None) as bar:
                run = OpenRepairImport(report, actor=Actor.system("open repair import"))
                for chunk in chunks(rows, 1 if dry_run else CHUNK):
                    with trial(dry_run):
                        run.take(chunk)
                    if dry_run:
                        run.forget()
                    bar.update(len(chunk))
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from None
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(("dry run, nothing changed: " if dry_run else "") + report.summary())
        if report.all_refused:
            raise CommandError("Not one record could be taken.")
