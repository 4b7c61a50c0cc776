"""A real browser: Debian's Chromium or Google's Chrome, spoken to by its DevTools protocol."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
from websockets.sync.client import connect

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PATIENCE = 60.0
_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " ")}


class Chromium:
    """One tab of a running browser."""

    def __init__(self, socket: Any) -> None:
        self.socket, self.asked = socket, 0
        self.call("Page.enable")

    def call(self, method: str, **params: Any) -> Any:
        """What the browser answers; what it tells meanwhile goes unread."""
        self.asked += 1
        self.socket.send(json.dumps({"id": self.asked, "method": method, "params": params}))
        while True:
            told = json.loads(self.socket.recv(timeout=PATIENCE))
            if told.get("id") == self.asked:
                assert "error" not in told, told
                return told["result"]

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, a promise's included."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_until(self, expression: str) -> None:
        ends = time.monotonic() + PATIENCE
        while not self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < ends, f"{expression} never became true"
            time.sleep(0.05)

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait_until(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def look(self, *, width: int, dark: bool) -> None:
        """The size of the window, and whether its user likes it dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media="screen", features=[scheme])

    def press(self, key: str) -> None:
        code, text = _KEYS[key]
        named = {"key": text if key == "Space" else key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **named)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def tab_to(self, selector: str) -> None:
        """Walk on by the tabulator until the element has the focus."""
        for _ in range(60):
            if self.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                return
            self.press("Tab")
        raise AssertionError(f"The keyboard does not get to {selector}.")

    def write(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def violations(self) -> list[str]:
        """What axe finds wrong with the page."""
        self.evaluate(AXE.read_text() + "; true")
        found = self.evaluate("axe.run()")["violations"]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]

    def picture(self, path: Path) -> None:
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(b64decode(shot["data"]))


@contextmanager
def running(folder: Path) -> Iterator[Chromium]:
    """A browser with a new profile below ``folder``, without a sandbox: it opens our own pages only, maybe as root."""
    assert PROGRAM is not None
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    command = [PROGRAM, *flags, "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with connect(_tab(folder), max_size=None) as socket:
                yield Chromium(socket)
        finally:
            process.terminate()


def _tab(folder: Path) -> str:
    told, ends = folder / "DevToolsActivePort", time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if told.exists() and told.read_text().count("\n"):
            port = told.read_text().splitlines()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
                pages = [row for row in json.loads(answer.read()) if row["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise AssertionError("Chromium did not start.")
