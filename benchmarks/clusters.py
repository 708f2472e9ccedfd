"""Clusters of this machine's own: Sail, and Apache Spark with or without a cluster of its own.

In:   where Apache Spark lies (the folder that `pyspark` installs).
Out:  addresses that live as long as the context.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PATIENCE = 180.0
LOCAL = "127.0.0.1"
_SAIL = """
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
input()
"""


@contextlib.contextmanager
def sail_server() -> Iterator[str]:
    """Give the address of a Sail server."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", _SAIL], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield f"sc://{LOCAL}:{int(process.stdout.readline() if process.stdout else 0)}"
    finally:
        process.kill()
        process.communicate()


_STORE = """
import logging, sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
import boto3
address = f"http://127.0.0.1:{server._server.port}"
boto3.client("s3", endpoint_url=address).create_bucket(Bucket=sys.argv[1])
print(address, flush=True)
input()
"""


@contextlib.contextmanager
def object_store(bucket: str) -> Iterator[dict[str, str]]:
    """Give the settings by which an object store with a bucket is reached, in its own process."""
    settings = {
        "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
    }  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", _STORE, bucket], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env={**os.environ, **settings},
    )  # fmt: skip
    try:
        address = process.stdout.readline().strip() if process.stdout else ""
        yield settings | {"AWS_ENDPOINT_URL": address}
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def connect_server(home: str, master: str, memory: str = "1g") -> Iterator[str]:
    """Give the address of a Spark Connect server whose work a master does."""
    port = _free_port()
    settings = {
        "spark.connect.grpc.binding.port": port,
        "spark.connect.grpc.binding.address": LOCAL,
        "spark.driver.host": LOCAL,
        "spark.driver.bindAddress": LOCAL,
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        "spark.sql.shuffle.partitions": 4,
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
    }
    words = [str(Path(home) / "sbin" / "start-connect-server.sh"), "--master", master]
    for name, value in settings.items():
        words += ["--conf", f"{name}={value}"]
    with _running(home, words) as folder:
        _wait_for(port, folder)
        yield f"sc://{LOCAL}:{port}"


@contextlib.contextmanager
def standalone_cluster(home: str, workers: int = 2, memory: str = "1g") -> Iterator[str]:
    """Give the address of a master with workers of one core each, all of them processes."""
    port = _free_port()
    master, run = f"spark://{LOCAL}:{port}", str(Path(home) / "bin" / "spark-class")
    deploy = "org.apache.spark.deploy"
    with contextlib.ExitStack() as stack:
        words = [run, f"{deploy}.master.Master", "--host", LOCAL, "--port", str(port)]
        folder = stack.enter_context(_running(home, [*words, "--webui-port", str(_free_port())]))
        _wait_for(port, folder)
        for _ in range(workers):
            words = [run, f"{deploy}.worker.Worker", "--host", LOCAL, "-c", "1", "-m", memory]
            words += ["--webui-port", str(_free_port()), master]
            stack.enter_context(_running(home, words))
        yield master


@contextlib.contextmanager
def _running(home: str, words: Sequence[str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        environment: Mapping[str, str] = {
            **os.environ, "SPARK_HOME": home, "PYSPARK_PYTHON": sys.executable,
            "SPARK_NO_DAEMONIZE": "1", "SPARK_LOCAL_IP": LOCAL,
            "SPARK_LOG_DIR": place, "SPARK_WORKER_DIR": place, "SPARK_PID_DIR": place,
        }  # fmt: skip
        with (folder / "said.txt").open("wb") as said:
            process = subprocess.Popen(  # noqa: S603 - our own words
                list(words), env=environment, cwd=folder, stdout=said, stderr=said,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                yield folder
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait_for(port: int, folder: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((LOCAL, port), 1).close()
        except OSError:
            if time.monotonic() >= ends:
                said = (folder / "said.txt").read_text(encoding="utf-8", errors="replace")
                raise TimeoutError(said[-2_000:]) from None
            time.sleep(0.2)
        else:
            return


def _free_port() -> int:
    with socket.socket() as made:
        made.bind((LOCAL, 0))
        return int(made.getsockname()[1])
