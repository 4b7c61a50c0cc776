"""What one operation of the interface needs and gives: declared once, used for the check, the answer and the schema."""

from dataclasses import dataclass

from rest_framework.serializers import BaseSerializer

Shape = type[BaseSerializer]


@dataclass(frozen=True)
class Endpoint:
    """One operation. ``right`` names the grant it needs, ``None`` for a route that is open to everybody.

    ``request`` and ``answer`` are declared shapes; ``paged`` makes the answer a list of that shape. ``or_answer`` is another
    shape that the same success may have. ``media`` are the types of a file that is answered instead of JSON.
    """

    right: str | None
    request: Shape | None = None
    answer: Shape | None = None
    status: int = 200
    paged: bool = False
    query: Shape | None = None
    or_answer: Shape | None = None
    media: tuple[str, ...] = ()


def crud(read_right: str, write_right: str, write: Shape, read: Shape) -> dict[str, Endpoint]:
    """The six operations of a resource that is read with one right and written with another."""
    return {
        "list": Endpoint(read_right, answer=read, paged=True),
        "retrieve": Endpoint(read_right, answer=read),
        "create": Endpoint(write_right, write, read, 201),
        "update": Endpoint(write_right, write, read),
        "partial_update": Endpoint(write_right, write, read),
        "destroy": Endpoint(write_right, status=204),
    }
