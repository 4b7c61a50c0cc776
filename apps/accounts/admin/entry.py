"""With which second factor somebody gets into the back office."""

from django.http import HttpRequest

from apps.accounts import services
from apps.accounts.middleware import page_session
from apps.core.admin_site import site


def require_second_factor(request: HttpRequest) -> None:
    """Raises ``MfaRequired`` in a session that is too weak for its role."""
    session = page_session(request)
    if session is not None:
        services.require_factor_of_role(session.user, session)


site.entry_rule = require_second_factor
