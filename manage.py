#!/usr/bin/env python
"""The command line of a Mendery installation."""

import os
import sys

from django.core.management import execute_from_command_line

from config.startup import one_sentence


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    with one_sentence():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
