#!/usr/bin/env python
"""The command line of a Mendery installation."""

import os
import sys

from django.core.management import execute_from_command_line

# Before anything of `config` is imported: its Celery application takes production settings where none are named.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

from config.startup import one_sentence


def main() -> None:
    try:
        with one_sentence():
            execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
