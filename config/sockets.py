"""The WebSocket routes."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.urls import path

from apps.repairs.consumers import RepairsConsumer

sockets = AuthMiddlewareStack(URLRouter([path("ws/repairs", RepairsConsumer.as_asgi())]))
