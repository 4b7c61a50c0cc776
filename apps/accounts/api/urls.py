"""Routes of sessions and customers."""

from django.urls import path

from apps.accounts.api import user_urls
from apps.accounts.api.views import customers, login, registration, second_factor, sessions
from apps.core.api.routers import ContractRouter

router = ContractRouter()
router.register("customers", customers.CustomerViewSet, basename="customer")

urlpatterns = [
    path("auth/login", login.LoginView.as_view()),
    path("auth/register", registration.RegisterView.as_view()),
    path("auth/verify-otp", registration.VerifyView.as_view()),
    path("auth/resend-otp", registration.ResendCodeView.as_view()),
    path("auth/forgot-password", registration.ForgotPasswordView.as_view()),
    path("auth/reset-password", registration.ResetPasswordView.as_view()),
    path("auth/refresh-token", login.RefreshView.as_view()),
    path("auth/refresh", login.RefreshView.as_view()),
    path("auth/logout", login.LogoutView.as_view()),
    path("auth/logout-all", login.LogoutAllView.as_view()),
    path("auth/sessions", sessions.SessionsView.as_view()),
    path("auth/sessions/<uuid:pk>", sessions.SessionView.as_view()),
    path("auth/password", sessions.PasswordView.as_view()),
    path("auth/mfa/verify", second_factor.SecondStepView.as_view()),
    path("auth/mfa/step-up", second_factor.StepUpView.as_view()),
    path("auth/mfa/totp/setup", second_factor.TotpSetupView.as_view()),
    path("auth/mfa/totp/confirm", second_factor.TotpConfirmView.as_view()),
    path("auth/mfa/totp", second_factor.TotpView.as_view()),
    path("auth/mfa/recovery-codes", second_factor.RecoveryCodesView.as_view()),
    path("auth/me", login.MeView.as_view()),
    path("customers/<uuid:pk>/merge", customers.CustomerViewSet.as_view({"post": "merge"})),
    *user_urls.urlpatterns,
    *router.urls,
]
