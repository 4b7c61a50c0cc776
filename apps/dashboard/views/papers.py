"""Papers of an order, to be printed."""

from typing import cast
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core.actor import Actor
from apps.core.api.files import attachment
from apps.core.documents import A4, PAPERS
from apps.core.exceptions import NotFound
from apps.dashboard.views.access import for_staff
from apps.repairs.enums import PrintedKind
from apps.repairs.services import documents

LABEL = ("label", "label")
PAPERS_OF_AN_ORDER = [*PrintedKind.choices, LABEL]


@require_safe
@for_staff
def document(request: HttpRequest, *, actor: Actor, pk: UUID, kind: str) -> HttpResponse:
    """One paper as a file; ``?paper=`` names another one than A4."""
    paper = request.GET.get("paper", A4.name)
    if kind not in dict(PAPERS_OF_AN_ORDER):
        raise Http404
    if paper not in PAPERS:
        raise BadRequest("There is no such paper.")
    try:
        if kind == LABEL[0]:
            printed = documents.print_label(pk, documents.USUAL_LABEL, actor=actor)
        else:
            address_of = request.build_absolute_uri
            printed = documents.print_order(pk, PrintedKind(kind), paper, actor=actor, address_of=address_of)
    except NotFound:
        raise Http404 from None
    return cast(HttpResponse, attachment(printed.content, printed.name, "application/pdf"))
