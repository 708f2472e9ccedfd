"""A real process: served pages, commands of other processes, stops and kills."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from truelift.facts.hit import Beacon, Click, Collected, Hook, Row

NOON = 1_773_057_600_000_000  # 2026-03-09T12:00:00Z
until = __import__("runpy").run_path(__file__.replace("test_process.py", "conftest.py"))["until"]


def click(number, slug="ana"):
    return Click(brand="acme", click_id=f"click-{number:04}", slug=slug, received_us=NOON + number)


def order(number, amount="10.00", **more):
    cells = {
        "order_id": f"o{number}", "ordered_at": "2026-03-07T12:00:00Z", "currency": "USD",
        "subtotal": amount, "code": "ANA", **more,
    }  # fmt: skip
    return Collected(
        brand="acme", key_id="k", received_us=NOON, trusted=True, rows=[Row("orders", cells)]
    )


def listening(served, found):
    """Read the stream of changes on a thread; its lines are added to `found`."""

    def read():
        url = f"http://127.0.0.1:{served.port}/live"
        try:
            with urllib.request.urlopen(url, timeout=60) as stream:
                for line in stream:
                    if line.startswith(b"data: "):
                        found.append(json.loads(line[6:]))
            found.append("ended")
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def test_a_served_workspace_takes_in_what_is_collected_and_tells_open_pages(shop, serving, spooled):
    served = serving(shop).ready()
    assert served.ask("/healthz")[::2] == (200, "ok\n")
    assert until(lambda: served.ask("/readyz")[0] == 200)
    told = []
    listening(served, told)
    until(lambda: told)
    before = told[0]["version"]
    spooled(shop, click(1), click(2), Beacon(click_id="click-0001", received_us=NOON), order(3))
    until(lambda: told[-1]["version"] != before)
    assert served.ask("/roi.json?by=campaign")[0] == 200
    rows = served.rows("clicks")
    assert [row["click_id"] for row in rows] == ["click-0001", "click-0002"]
    assert len(served.rows("orders")) == 3
    metrics = served.ask("/metrics")[2]
    assert "truelift_hits_total 4.0" in metrics
    assert 'truelift_last_seconds{kind="orders",source=""}' in metrics
    page = served.ask("/")[2]
    assert 'id="live"' in page
    assert '<script src="/static/app-' in page
    assert served.stop() < 5
    until(lambda: "ended" in told or isinstance(told[-1], OSError))
    assert served.process.returncode == 0


def test_a_command_runs_where_the_workspace_is_served_and_looks_the_same(shop, serving, tmp_path):
    served = serving(shop)
    alone = served.command  # the words are the same before and while it is served
    served.ready()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "more.csv").write_text(
        "order_id,ordered_at,currency,subtotal,code\n7,2026-03-08,USD,70.00,BO\n8,bad,USD,1.00,BO\n"
    )
    code, out, err = alone("import", "more.csv", "-w", shop, "--format", "json", cwd=folder)
    assert code == 0, err
    (told,) = json.loads(out)["rows"]
    assert (told["file"], told["accepted"], told["quarantined"]) == ("more.csv", 1, 1)
    assert "more.csv line 3" in err
    code, _, _ = alone("orders", "-w", shop, "--format", "csv", "-o", "out.csv", cwd=folder)
    assert code == 0
    whole = (folder / "out.csv").read_bytes().decode()
    assert served.command("orders", "-w", shop, "--format", "csv")[1] == whole
    code, out, err = alone("roi", "-w", shop, "--by", "nothing")
    assert (code, out) == (2, "")
    code, out, err = alone("explain", "no-figure", "-w", shop)
    assert (code, out) == (2, "")
    assert err.startswith("truelift: ")
    code, _, err = alone("serve", "-w", shop, "--port", "0")
    assert code == 1
    assert "open in another process" in err
    served.stop()
    assert not (shop / "serve.sock").exists()
    assert served.command("orders", "-w", shop, "--format", "csv")[1] == whole


@pytest.mark.soak
def test_a_command_has_the_rights_of_who_asked_and_not_those_of_the_server(shop, serving, token):
    text = token("audrey", "auditor")
    served = serving(shop).ready()
    orders = shop / "orders.csv"
    orders.write_text("order_id,ordered_at,currency,subtotal\n9,2026-03-08,USD,1.00\n")
    env = {"TRUELIFT_TOKEN": text}
    code, _, err = served.command("import", orders, "-w", shop, env=env)
    assert code == 1
    assert "audrey may not import files here" in err
    assert served.command("orders", "-w", shop, env=env)[0] == 0
    code, _, err = served.command("orders", "-w", shop, env={"TRUELIFT_TOKEN": "truelift_x_y"})
    assert code == 1
    assert "token" in err
    assert served.command("import", orders, "-w", shop)[0] == 0


def test_a_port_that_is_taken_is_told_in_a_sentence_and_nothing_stays_open(shop, serving):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        served = serving(shop, "serve", "--port", str(taken.getsockname()[1]))
        assert served.process.wait(60) == 1
    assert "cannot be had" in served.said()
    assert not (shop / "serve.sock").exists()


@pytest.mark.soak
def test_a_socket_that_a_crash_left_behind_is_no_server(shop, serving):
    served = serving(shop).ready()
    served.stop(signal.SIGKILL)
    assert (shop / "serve.sock").exists()
    assert served.command("orders", "-w", shop, "--format", "csv")[0] == 0
    again = serving(shop).ready()
    assert again.command("orders", "-w", shop, "--format", "csv")[0] == 0


@pytest.mark.soak
def test_a_client_that_goes_away_cancels_nothing(shop, serving, tmp_path):
    served = serving(shop).ready()
    rows = "".join(f"b{n},2026-03-08,USD,1.00,BO\n" for n in range(60_000))
    many = tmp_path / "many.csv"
    many.write_text("order_id,ordered_at,currency,subtotal,code\n" + rows)
    client = subprocess.Popen(
        [sys.executable, "-m", "truelift", "import", str(many), "-w", str(shop)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(1.5)
    client.kill()
    client.wait()
    if "command's connection ended" not in served.said():  # it may have been killed before it asked
        served.command("import", many, "-w", shop)
    until(lambda: len(served.rows("orders")) == 60_002)


@pytest.mark.soak
def test_the_worker_alone_takes_in_books_and_answers_commands(shop, serving, spooled):
    served = serving(shop, "worker")
    until((shop / "serve.sock").exists)
    body = json.dumps({"type": "orders", "data": {
        "order_id": "w1", "ordered_at": "2026-03-09T10:00:00Z", "currency": "USD",
        "subtotal": "12.34", "code": "ANA",
    }}).encode()  # fmt: skip
    hook = Hook(
        brand="acme", source="standard", hook_id="h", delivery_id="d1", received_us=NOON, body=body
    )
    spooled(shop, hook, hook)
    until(lambda: any(row["order_id"] == "w1" for row in served.rows("orders")))
    code, out, _ = served.command("freshness", "-w", shop, "--format", "json")
    assert code == 0
    assert {row["kind"] for row in json.loads(out)["rows"]} == {"orders"}
    assert served.stop() < 5
    assert served.process.returncode == 0
