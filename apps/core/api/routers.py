"""The router: no trailing slash, ids of one form."""

from rest_framework.routers import SimpleRouter


class ContractRouter(SimpleRouter):
    """Routes ``things`` and ``things/<uuid>``; the middleware serves the form with a slash as well."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False, use_regex_path=False)
