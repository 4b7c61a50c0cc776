"""A client that knows nothing but the contract, and holds every answer to it."""

import re
from typing import Any

import httpx

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Caller:
    """Calls the interface at ``base`` as one user, or as nobody."""

    def __init__(self, base: str, timeout: float = 20.0) -> None:
        self.http = httpx.Client(base_url=base, timeout=timeout, trust_env=False)
        self.token = ""
        self.user: dict[str, Any] = {}

    def login(self, identifier: str, password: str) -> "Caller":
        data = self.post("auth/login", {"identifier": identifier, "password": password}, expect=200)
        assert data.keys() == {"accessToken", "refreshToken", "expiresIn", "user"}
        assert data["expiresIn"] == 900
        return self.resume(data["accessToken"], data["user"])

    def resume(self, token: str, user: dict[str, Any]) -> "Caller":
        """Go on with a session that is open already."""
        self.token, self.user = token, user
        self.http.headers["Authorization"] = f"Bearer {token}"
        return self

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        return self.call("GET", path, expect=expect, query=query)

    def post(self, path: str, body: Any, expect: int = 201, **headers: str) -> Any:
        return self.call("POST", path, body, expect=expect, headers=headers)

    def put(self, path: str, body: Any, expect: int = 200, **headers: str) -> Any:
        return self.call("PUT", path, body, expect=expect, headers=headers)

    def patch(self, path: str, body: Any, expect: int = 200, **headers: str) -> Any:
        return self.call("PATCH", path, body, expect=expect, headers=headers)

    def call(
        self, method: str, path: str, body: Any = None, *, expect: int, query: Any = None, headers: Any = None
    ) -> Any:
        """The ``data`` of a success with the expected status, or the ``code`` of a refusal with it."""
        answer = self.raw(method, path, body, query=query, headers=headers)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return read(answer)

    def raw(
        self, method: str, path: str, body: Any = None, *, query: Any = None, headers: Any = None
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        return self.http.request(method, f"/api/v1/{path}", json=body, params=query, headers=sent)

    def status(self, order_id: str, status: str, expect: int = 200, **fields: Any) -> Any:
        return self.put(f"repairs/{order_id}/status", {"status": status, **fields}, expect)


def read(answer: httpx.Response) -> Any:
    """Check envelope and headers of sections 1 and 8 of the contract; the data, or the error code."""
    _check_headers(answer)
    if answer.status_code in {204, 304}:
        assert answer.content == b""
        return None
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert body["meta"].keys() == {"timestamp", "version", "requestId"}
    assert MOMENT.fullmatch(body["meta"]["timestamp"])
    assert body["meta"]["version"] == "1.0"
    if "Idempotent-Replayed" not in answer.headers:  # a replayed body is the one of then
        assert body["meta"]["requestId"] == answer.headers["X-Request-ID"]
    if answer.is_success:
        assert body.keys() == {"success", "data", "message", "meta"}
        assert body["success"] is True
        return body["data"]
    assert body.keys() == {"success", "error", "code", "details", "meta"}
    assert body["success"] is False
    assert body["error"]
    assert (body["details"] != []) is (body["code"] == "VALIDATION_ERROR")
    assert all(detail.keys() == {"field", "code", "message"} for detail in body["details"])
    return body["code"]


def _check_headers(answer: httpx.Response) -> None:
    headers = answer.headers
    assert re.fullmatch(r"\d+\.\dms", headers["X-Response-Time"])
    assert headers["X-Request-ID"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"):
        assert headers[name].isdigit()
    assert "RateLimit" in headers
    assert "RateLimit-Policy" in headers
