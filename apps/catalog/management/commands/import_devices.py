"""manage.py import_devices FILE: take a list of device models into the catalogue."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.catalog.services import Known, import_devices, link_allocations
from apps.core.actor import Actor
from apps.core.imports import Report, chunks, count_rows, read_csv, trial

CHUNK = 1000


class Command(BaseCommand):
    help = "Imports device models from a CSV file (device_key, brand, model, model_number, device_type, …). Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, and change nothing.")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        report = Report()
        actor = Actor.system("device import")
        remembered: Known | None = {} if dry_run else None
        try:
            rows = read_csv(file, {"device_key", "brand", "model"})
            with tqdm(total=count_rows(file), unit="row", disable=None) as bar:
                for chunk in chunks(rows, CHUNK):
                    with trial(dry_run):
                        import_devices(chunk, report, actor=actor, remembered=remembered)
                    bar.update(len(chunk))
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from None
        linked = 0 if dry_run else link_allocations(actor=actor)
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(("dry run, nothing changed: " if dry_run else "") + report.summary())
        if linked:
            self.stdout.write(f"{linked} IMEI types lead to a model now")
        if report.all_refused:
            raise CommandError("Not one row could be taken.")
