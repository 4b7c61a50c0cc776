"""Routes of messages."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.notifications.api import hooks, views

router = ContractRouter()
router.register("notifications/templates", views.TemplateViewSet, basename="message-template")
router.register("notifications", views.NotificationViewSet, basename="notification")

urlpatterns = [
    path("hooks/twilio/status", hooks.TwilioStatusView.as_view()),
    path("hooks/twilio/messages", hooks.TwilioMessagesView.as_view()),
    path("hooks/sendgrid/events", hooks.SendGridEventsView.as_view()),
    path("notifications/templates/defaults", views.DefaultTemplatesView.as_view()),
    path("notifications/preview", views.StatusPreviewView.as_view()),
    path("notifications/templates/<uuid:pk>/preview", views.TemplateViewSet.as_view({"post": "preview"})),
    path("notifications/templates/<uuid:pk>/history", views.TemplateViewSet.as_view({"get": "history"})),
    path("notifications/<uuid:pk>/retry", views.NotificationViewSet.as_view({"post": "retry"})),
    path("repairs/<uuid:order_id>/mute", views.OrderMuteView.as_view()),
    path("customers/<uuid:customer_id>/notifications", views.CustomerNotificationsView.as_view()),
    *router.urls,
]
