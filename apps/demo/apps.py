"""Registers the demo shop."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "apps.demo"
