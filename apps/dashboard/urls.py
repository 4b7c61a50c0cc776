"""The addresses of the pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apps.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.LoginPage.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="dashboard:login"), name="logout"),
    path("orders/<uuid:pk>/", views.order, name="order"),
    path("intake/", views.choose_customer, name="choose-customer"),
    path("intake/<uuid:customer_id>/", views.choose_model, name="choose-model"),
    path("intake/<uuid:customer_id>/<uuid:model_id>/", views.take_in, name="take-in"),
]
