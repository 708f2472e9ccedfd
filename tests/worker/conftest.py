"""A small workspace that a real process serves, and hits put into its spool from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from truelift.cli.main import run
from truelift.facts.hit import encode
from truelift.store.spool import Spool

PATIENCE = 60.0
FILES = {
    "campaigns.csv": "campaign,goal,starts,ends,currency\nspring,sales,2026-03-01,2026-03-31,USD\n",
    "creators.csv": "creator,name\nana,Ana\nbo,Bo\n",
    "codes.csv": "code,creator,campaign\nANA,ana,spring\nBO,bo,spring\n",
    "links.csv": "slug,destination,creator,campaign\nana,https://shop.example/,ana,spring\n",
    "agreements.csv": (
        "agreement,campaign,creator,fee,currency,signed_on\nA1,spring,ana,100.00,USD,2026-02-01\n"
    ),
    "deliverables.csv": "deliverable,agreement,live_at\nD1,A1,2026-03-02\n",
    "orders.csv": (
        "order_id,ordered_at,currency,subtotal,discount,cogs,code\n"
        "1,2026-03-05,USD,100.00,10.00,30.00,ANA\n2,2026-03-06,USD,50.00,,20.00,BO\n"
    ),
}


class Served:
    """A process that serves a workspace, as a person and a browser see it."""

    def __init__(self, folder, words=("serve", "--port", "0")):
        self.folder = folder
        self.errors = (folder / "stderr.txt").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "truelift", words[0], "-w", str(folder), *words[1:]],
            stdout=self.errors, stderr=self.errors, env=os.environ, start_new_session=True,
        )  # fmt: skip
        self.port = None

    def said(self):
        return (self.folder / "stderr.txt").read_text(encoding="utf-8")

    def ready(self):
        """Wait until it listens."""
        until(lambda: "Pages at http://" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        self.port = int(self.said().partition("Pages at http://127.0.0.1:")[2].split()[0])
        return self

    def ask(self, path, *, body=None, headers=None, method=None):
        """Give the status, the headers and the text of an answer."""
        given = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=given, headers=headers or {}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()

    def command(self, *words, cwd=None, env=None):
        """Run a command in another process; give its exit code, stdout and stderr."""
        done = subprocess.run(
            [sys.executable, "-m", "truelift", *map(str, words)],
            capture_output=True, check=False, cwd=cwd, env={**os.environ, **(env or {})},
            timeout=PATIENCE,
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def rows(self, kind):
        code, out, err = self.command("list", kind, "-w", self.folder, "--format", "json")
        assert code == 0, err
        return json.loads(out)["rows"]

    def stop(self, number=signal.SIGTERM):
        """Stop it, and give how long that took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
        return time.monotonic() - began


def until(true, seconds=PATIENCE):
    """Wait until something is true, generously."""
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "it did not come true in time"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("made")
    files = place / "files"
    files.mkdir()
    for name, text in FILES.items():
        (files / name).write_text(text, encoding="utf-8")
    folder = place / "shop"
    assert run(["init", str(folder), "--brand", "acme", "--timezone", "America/New_York"]) == 0
    assert run(["import", str(files), "-w", str(folder)]) == 0
    return folder


@pytest.fixture
def shop(tmp_path, made):
    """Give a test its own copy of the workspace."""
    return shutil.copytree(made, tmp_path / "shop")


@pytest.fixture
def serving():
    """Serve folders in processes of their own; all of them end with the test."""
    with contextlib.ExitStack() as stack:

        def start(folder, *words):
            served = Served(folder, words) if words else Served(folder)
            stack.callback(served.errors.close)
            stack.callback(served.stop, signal.SIGKILL)
            return served

        yield start


@pytest.fixture
def spooled():
    """Put hits into a workspace's spool, as a collector does, and wait until they are safe."""

    def put(folder, *hits, worker="other"):
        async def write():
            spool = Spool(Path(folder) / "spool", worker)
            spool.start()
            batches = [spool.append(encode(hit)) for hit in hits]
            for batch in batches:
                assert await batch.committed
            await spool.close()

        asyncio.run(write())

    return put


@pytest.fixture
def token(shop):
    """Give the headers of somebody who may import, made before the workspace is served."""

    def made_for(name="kim", role="marketer"):
        import io  # noqa: PLC0415 - only here

        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            assert run(["user", "add", name, "--role", role, "-w", str(shop)]) == 0
            assert run(["user", "token", name, "-w", str(shop)]) == 0
        return next(word for word in out.getvalue().split() if word.startswith("truelift_"))

    return made_for
