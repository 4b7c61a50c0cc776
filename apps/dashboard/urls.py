"""The addresses of the pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apps.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.LoginPage.as_view(), name="login"),
    path("login/second-factor/", views.second_factor, name="second-factor"),
    path("password/", views.forgotten, name="forgotten-password"),
    path("password/new/", views.reset, name="reset-password"),
    path("register/", views.register, name="register"),
    path("verify/", views.verify, name="verify"),
    path("confirm/", views.confirm, name="confirm"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/authenticator/", views.authenticator, name="authenticator"),
    path("account/authenticator/remove/", views.remove_authenticator, name="remove-authenticator"),
    path("account/recovery-codes/", views.new_recovery_codes, name="recovery-codes"),
    path("account/passkeys/add/", views.add_passkey, name="add-passkey"),
    path("account/passkeys/<uuid:pk>/remove/", views.remove_passkey, name="remove-passkey"),
    path("account/sessions/end-others/", views.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<uuid:pk>/end/", views.end_session, name="end-session"),
    path("logout/", LogoutView.as_view(next_page="dashboard:login"), name="logout"),
    path("orders/<uuid:pk>/", views.order, name="order"),
    path("orders/<uuid:pk>/sign/", views.sign, name="sign"),
    path("orders/<uuid:pk>/documents/<str:kind>/", views.document, name="document"),
    path("counts/", views.counts, name="counts"),
    path("counts/<uuid:pk>/", views.count, name="count"),
    path("counts/<uuid:pk>/lines/", views.count_lines, name="count-lines"),
    path("counts/<uuid:pk>/post/", views.post_count, name="post-count"),
    path("reports/", views.reports, name="reports"),
    path("reports/<uuid:pk>/", views.report, name="report"),
    path("reports/<uuid:pk>/csv/", views.report_csv, name="report-csv"),
    path("intake/", views.choose_customer, name="choose-customer"),
    path("intake/<uuid:customer_id>/", views.choose_model, name="choose-model"),
    path("intake/<uuid:customer_id>/<uuid:model_id>/", views.take_in, name="take-in"),
]
