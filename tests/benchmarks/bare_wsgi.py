"""Where a server finds the bare form: the models must be known before anything that reads their rows is imported."""

from importlib import import_module

import django

django.setup()
application = import_module("tests.benchmarks.bare").application
