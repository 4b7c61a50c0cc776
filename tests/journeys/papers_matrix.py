"""Who may print what: a part of the role table."""

from typing import Any

from tests.repairs.papers import quoted

_EVERYBODYS_OWN = "200 200 200 200 200"
_KINDS = ("intake", "quote", "invoice", "receipt")
PAPERS: list[tuple[str, str, Any, str]] = [
    *[("GET", f"repairs/{{own_order}}/documents/{kind}", None, _EVERYBODYS_OWN) for kind in _KINDS],
    *[("GET", f"repairs/{{free_order}}/documents/{kind}", None, "200 200 404 200 404") for kind in _KINDS],
    *[("GET", f"repairs/{{foreign_order}}/documents/{kind}", None, "200 404 404 404 404") for kind in _KINDS],
    ("GET", "repairs/{own_order}/documents/label", None, "200 200 200 200 403"),
    ("GET", "repairs/{foreign_order}/documents/label", None, "200 404 404 404 403"),
    ("GET", "repairs/{own_order}/quotes/1/document", None, _EVERYBODYS_OWN),
    ("GET", "repairs/{foreign_order}/quotes/1/document", None, "200 404 404 404 404"),
    ("GET", "drop-offs/{own_visit}/documents/intake", None, _EVERYBODYS_OWN),
    ("GET", "drop-offs/{own_visit}/documents/receipt", None, _EVERYBODYS_OWN),
    ("GET", "drop-offs/{foreign_visit}/documents/intake", None, "200 404 404 404 404"),
    ("GET", "drop-offs/{foreign_visit}/documents/receipt", None, "200 404 404 404 404"),
    ("GET", "invoices/{own_invoice}/document", None, "200 200 403 200 200"),
    ("GET", "invoices/{foreign_invoice}/document", None, "200 404 403 404 404"),
]


def frozen(scene: Any) -> None:
    """A quote on the foreign side too; the own order has one."""
    quoted(scene.foreign_order, status="superseded")
