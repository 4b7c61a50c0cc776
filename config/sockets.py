"""The WebSocket routes."""

from channels.routing import URLRouter
from channels.sessions import SessionMiddlewareStack
from django.urls import path

from apps.repairs.consumers import RepairsConsumer

sockets = SessionMiddlewareStack(URLRouter([path("ws/repairs", RepairsConsumer.as_asgi())]))
