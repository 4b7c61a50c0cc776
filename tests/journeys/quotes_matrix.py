"""The rows of the role table that are about quotes and the customer's link."""

from typing import Any

_TOLD = {"approved": True, "quoteVersion": 1, "name": "Kim", "way": "phone"}
_STAFF_SEND, _EVERYBODY = "201 201 201 201 403", "200 200 200 200 200"
_STAFF = "200 200 200 200 403"

QUOTES: list[tuple[str, str, Any, str]] = [
    ("GET", "repairs/{own_order}/quote", None, _EVERYBODY),
    ("GET", "repairs/{foreign_order}/quote", None, "200 404 404 404 404"),
    ("POST", "repairs/{own_order}/quote", {}, _STAFF_SEND),
    ("POST", "repairs/{free_order}/quote", {}, "201 201 404 201 403"),
    ("POST", "repairs/{foreign_order}/quote", {}, "201 404 404 404 403"),
    ("GET", "repairs/{own_order}/quotes", None, _EVERYBODY),
    ("GET", "repairs/{foreign_order}/quotes", None, "200 404 404 404 404"),
    ("POST", "repairs/{own_order}/quote/decision", _TOLD, _STAFF),
    ("POST", "repairs/{foreign_order}/quote/decision", _TOLD, "409 404 404 404 403"),
    ("GET", "repairs/{own_order}/tracking", None, _STAFF),
    ("GET", "repairs/{foreign_order}/tracking", None, "200 404 404 404 403"),
    ("POST", "repairs/{own_order}/tracking", {}, "200 200 403 200 403"),
    ("POST", "repairs/{foreign_order}/tracking", {}, "200 404 403 404 403"),
    ("DELETE", "repairs/{own_order}/tracking", None, "204 204 403 204 403"),
    ("DELETE", "repairs/{foreign_order}/tracking", None, "204 404 403 404 403"),
]
