"""The run sheet in a real browser: ticked, noted, reloaded, without a network, exported into the log."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relplan import api
from relplan.model.plan import ReleasePlan

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
PLAN = ReleasePlan(
    product="Shop </script><b>", version="2.0", language="en", window="2026-08-20 22:00 - 2026-08-21 02:00",
    preparation=["upload"], deployment=[{"text": "back up", "minutes": 10}, {"text": "deploy <b>x</b>", "minutes": 30}],
    verification=["log in"], rollback={"steps": ["restore"], "deadline": "2026-08-21 01:00"},
)  # fmt: skip

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no chromium")


class Page:
    """A page in a headless browser, driven by the DevTools protocol."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self.errors: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def call(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._socket.recv())
            if said.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.errors.append(json.dumps(said["params"]))
            if said.get("id") == number:
                return said.get("result", {})

    def js(self, expression: str) -> Any:
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    def open(self, path: Path) -> None:
        self.call("Page.navigate", url=path.as_uri())
        self.ready()

    def reload(self) -> None:
        self.js("window.old = true")
        self.call("Page.reload")
        self.ready()

    def ready(self) -> None:
        for _ in range(200):
            if self.js("!window.old && document.readyState === 'complete' && !!document.querySelector('.run-bar')"):
                return
            time.sleep(0.05)
        raise AssertionError("the page does not come up")

    def row(self, shown: str, what: str) -> str:
        """The way to something in the row of a step."""
        row = f"[...document.querySelectorAll('.run-table tr')].find(r => r.cells[0].textContent.trim() === '{shown}')"
        return f"({row}).querySelector({what!r})"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    websocket = pytest.importorskip("websocket")
    profile = tmp_path / "profile"
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--remote-allow-origins=*"]
    browser = subprocess.Popen([str(BROWSER), *arguments, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        port_file = profile / "DevToolsActivePort"
        for _ in range(300):
            if port_file.exists() and port_file.read_text().count("\n"):
                break
            time.sleep(0.1)
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            targets = json.load(answer)
        address = next(each["webSocketDebuggerUrl"] for each in targets if each["type"] == "page")
        yield Page(websocket.create_connection(address, timeout=30))
    finally:
        browser.kill()
        browser.wait()


def test_the_run_sheet_works_on_the_night(page, tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_bytes(api.dumps(PLAN))
    sheet = tmp_path / "runbook.html"
    sheet.write_bytes(api.render(PLAN, "runbook", "html"))
    page.open(sheet)
    assert page.js("document.querySelectorAll('.run-tick input').length") == 5
    assert page.js("document.querySelector('.run-progress').textContent") == "0/4"
    assert "deadline" in page.js("document.querySelector('.run-countdown').textContent")
    assert page.js("document.querySelectorAll('main b').length") == 0

    page.js(
        "document.querySelector('#run-by').value = 'Li'; document.querySelector('#run-by').dispatchEvent(new Event('change'))"
    )
    page.js(page.row("V.1", "input[type=checkbox]") + ".click()")
    note = page.row("V.1", ".run-note")
    page.js(f"{note}.value = '10.2 GB'; {note}.dispatchEvent(new Event('change'))")
    page.js(page.row("V.2", "button") + ".click()")
    page.js(page.row("VI.1", "input[type=checkbox]") + ".click()")
    page.js(page.row("IV.1", "input[type=checkbox]") + ".click()")
    page.js(page.row("IV.1", "input[type=checkbox]") + ".click()")
    assert page.js("document.querySelector('.run-progress').textContent") == "2/4"

    page.reload()
    assert page.js("document.querySelector('.run-progress').textContent") == "2/4"
    assert page.js(page.row("V.1", ".run-note") + ".value") == "10.2 GB"
    assert page.js(page.row("V.2", ".run-state") + ".textContent").startswith("failed")
    assert page.js(page.row("IV.1", "input[type=checkbox]") + ".checked") is False

    page.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.js("document.querySelector('#run-export').click()")
    for _ in range(100):
        exported = [
            path for path in tmp_path.glob("*.jsonl") if path.stat().st_size
        ]  # the browser names it, then fills it
        if exported:
            break
        time.sleep(0.05)
    carried = api.golive(PLAN, plan)
    added = api.add_lines(carried, exported[0].read_bytes(), "export")
    assert [(str(each.status), each.note, each.by) for each in added] == [("done", "10.2 GB", "Li"), ("fail", "", "Li"), ("pass", "", "Li")]  # fmt: skip
    assert page.errors == []

    again = api.golive(PLAN, plan)
    sheet.write_bytes(api.render(PLAN, "runbook", "html", golive=again))
    page.js("localStorage.clear()")
    page.open(sheet)
    assert page.js("document.querySelector('.run-progress').textContent") == "2/4"


def test_a_printed_run_sheet_is_a_check_list(page, tmp_path):
    sheet = tmp_path / "runbook.html"
    sheet.write_bytes(api.render(PLAN, "runbook", "html"))
    page.open(sheet)
    page.call("Emulation.setEmulatedMedia", media="print")
    hidden = "getComputedStyle(document.querySelector('{}')).display"
    assert page.js(hidden.format(".run-bar")) == page.js(hidden.format(".run-tick button")) == "none"
    assert page.js(hidden.format(".run-tick input")) != "none"
