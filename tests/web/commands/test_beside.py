"""The worker beside the server: begun again, and never in the way."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT
from web.commands import beside

pytestmark = pytest.mark.hostile

THREADS = """
import os, threading
from pathlib import Path
from web.commands import beside
waiting = threading.Event()
before = threading.Thread(target=waiting.wait, daemon=True)
before.start()
beside.give_way()
later = threading.Thread(target=waiting.wait, daemon=True)
later.start()
threads = [int(path.name) for path in Path("/proc/self/task").iterdir()]
assert len(threads) >= 3
print({(os.getpriority(os.PRIO_PROCESS, each), os.sched_getscheduler(each)) for each in threads})
print(os.SCHED_BATCH)
"""


def test_every_thread_of_a_worker_gives_way_to_the_pages() -> None:
    command = [sys.executable, "-c", THREADS]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    threads, batch = shown.splitlines()
    assert threads == str({(beside.NICENESS, int(batch))})


def test_a_worker_that_dies_is_begun_again_after_growing_pauses_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(beside, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(beside, "LONGEST_PAUSE_SECONDS", 0.04)
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    begun = tmp_path / "begun"
    command = ["sh", "-c", f"echo . >> {begun}; exit 3"]
    with beside.kept_running(command, {"PATH": "/usr/bin:/bin"}):
        while len(caplog.messages) < 4:
            time.sleep(0.01)
    assert [message.split("。")[1][:5] for message in caplog.messages[:4]] == [
        "0.01秒", "0.02秒", "0.04秒", "0.04秒",
    ]  # fmt: skip
    assert "状態 3" in caplog.messages[0] and begun.read_text().count(".") >= 4
