"""The files of deploy/ agree with the code and with each other, and keep what they promise.

No container is started: commands are parsed by the command line's own parser, the rest is read.
"""

import re
import shlex
import tomllib
from functools import reduce
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from truelift.cli.main import app
from truelift.config import Settings
from truelift.store import places

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
WORKER = ROOT / "src" / "truelift" / "worker"
PAGES = [ROOT / "docs" / name for name in ("deployment.md", "outgrowing.md")]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
MANIFESTS = {
    (each["kind"], each["metadata"]["name"]): each
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for each in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    if path.name != "kustomization.yaml"
}
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))
PODS = {
    name: each["spec"]["template"]["spec"]
    for (kind, name), each in MANIFESTS.items()
    if kind in {"StatefulSet", "Deployment"}
}
CONTAINERS = {
    f"{name}/{each['name']}": each
    for name, pod in PODS.items()
    for each in [*pod.get("initContainers", ()), *pod["containers"]]
}
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
LAST_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]
OURS = "truelift"

"""Commands that are looked at as soon as they are there."""

CODE = re.compile(r"^```\w*\n(.*?)^```|^    (\S.*?)$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
"""Blocks of a page, and words in its sentences, that are code."""

LIBRARIES = re.compile(r"PG\w+|POSTGRES_\w+|AWS_\w+|SPARK_\w+|PYTHON\w+|PATH|FORWARDED_ALLOW_IPS")
"""libpq and its server, the object store, Spark, Python, uvicorn."""

PLACED = {"NODE_NAME": "collector-0"}
"""Variables that only stand in commands of a pod."""

NAMED = {each.metadata["variable"] for each in vars(Settings)["__dataclass_fields__"].values()}
SECRET = re.compile(r"PASSWORD|TOKEN|SECRET|ACCESS_KEY")


def of_pods():
    """Give (where, words) of commands in the manifests."""
    for where, each in CONTAINERS.items():
        words = [*each.get("command", ()), *each.get("args", ())]
        if words[0] == "/bin/sh":
            yield from ((where, line) for line in scripted(words[-1]))
        elif "command" not in each:
            text = " ".join(words)
            for name, value in PLACED.items():
                text = text.replace(f"$({name})", value)
            yield where, text


def of_services():
    """Give (where, words) of commands in the compose file; the image's own entry point is ours."""
    for where, each in SERVICES.items():
        words = each.get("command", [])
        if each.get("entrypoint", [""])[0] == "/bin/sh":
            yield from ((where, line) for line in scripted(words[-1]))
        elif each["image"].startswith(f"{OURS}:") and "entrypoint" not in each:
            yield where, shlex.join(words)


def of_pages():
    """Give (where, words) of commands in the code of the pages."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for block in CODE.findall(text):
            yield from ((path.name, line) for part in block for line in scripted(part))


def scripted(text):
    """Give what follows our program's name in each line of a script."""
    for found in re.findall(r"(?:^|[{;&|])[ \t]*truelift ([a-z][^\n#|;&]*)", text, re.MULTILINE):
        yield found.strip()


def of_image():
    """Give what the image starts when nothing else is said."""
    told = re.search(r"^CMD \[(.*)\]$", LAST_STAGE, re.MULTILINE)[1]
    yield "Dockerfile", told.replace('"', "").replace(",", "")


def commands():
    """Give every command of ours that any of the files names."""
    return [*of_image(), *of_services(), *of_pods(), *of_pages()]


def parsed(words):
    """Parse a command as the command line does."""
    if not re.search(r"[ /]-|/", words):  # its name alone, in a sentence
        return reduce(lambda group, name: group[name], words.split(), app)
    return app.parse_args(shlex.split(words), print_error=False, exit_on_error=False)


@pytest.mark.parametrize(("where", "words"), commands())
def test_every_command_is_one_of_ours_with_options_that_it_has(where, words):
    if re.search(r"[<…]|\.\.\.", words):
        pytest.fail(f"{where} has a command that nobody can type: {words}")
    parsed(words)


def test_commands_are_found_wherever_they_stand():
    found = {where for where, _ in commands()}
    assert {"Dockerfile", "owner", "collector-1", "setup", "owner/owner", "owner/setup"} <= found
    assert {"collector/collector", "deployment.md", "outgrowing.md"} <= found
    with pytest.raises(Exception, match="Unknown option"):
        parsed("serve -w shop --nowhere 1")


def variables():
    """Give (where, name, value) of every variable that a container is given; no value: by name."""
    for block in re.findall(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE):
        for name, value in re.findall(r"(\w+)=(\S+)", block):
            yield "Dockerfile", name, value
    for where, each in SERVICES.items():
        for name, value in (each.get("environment") or {}).items():
            yield where, name, value
    for where, each in CONTAINERS.items():
        for told in each.get("env", ()):
            yield where, told["name"], told.get("value")


def test_every_variable_is_a_setting_or_a_known_library_s():
    known = NAMED | set(PLACED)
    names = {name for _, name, _ in variables()}
    assert [name for name in names - known if not LIBRARIES.fullmatch(name)] == []


def test_no_file_holds_a_secret():
    for where, name, value in variables():
        if SECRET.search(name):
            assert value is None or re.fullmatch(r"\$\{\w+:\?.*\}", value), f"{where}: {name}"
    assert not [name for kind, name in MANIFESTS if kind == "Secret"]
    for path in [*DEPLOY.rglob("*"), *PAGES]:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"://[^/\s:@]+:[^/\s@]+@", text), path
            assert not re.search(r"AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{20}", text)


def test_nothing_runs_as_root():
    assert re.search(r"^USER (\d+):\d+$", LAST_STAGE, re.MULTILINE)[1] not in {"0", ""}
    for name, each in SERVICES.items():
        assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", each["user"]), name
    for name, pod in PODS.items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] > 0, name


def test_every_root_is_read_only_and_nobody_gains_a_right():
    for name, each in SERVICES.items():
        assert each["read_only"] is True, name
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "pid", "network_mode"} & each.keys(), name
    for name, each in CONTAINERS.items():
        assert each["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
    for name, pod in PODS.items():
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), name


def test_a_volume_that_is_given_to_a_group_leaves_private_files_alone():
    for name, pod in PODS.items():
        if "fsGroup" in pod["securityContext"]:
            assert pod["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch", name


def test_what_a_command_writes_to_is_a_volume():
    for name, each in SERVICES.items():
        mounted = [told.split(":")[1] for told in each.get("volumes", ())]
        for path in re.findall(r"/data/\w+", " ".join(each.get("command", ()))):
            assert path in mounted, f"{name}: {path}"
        assert any(told.startswith("/tmp") for told in each["tmpfs"]), name
    for name, each in CONTAINERS.items():
        mounted = [told["mountPath"] for told in each["volumeMounts"]]
        text = " ".join([*each.get("command", ()), *each.get("args", ())])
        assert "/data" in mounted or "/data" not in text, name


def images():
    """Give every image that is built on or started."""
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?", DOCKERFILE, re.MULTILINE)
    yield from ((image, "Dockerfile") for image, _ in stages)
    yield from ((each["image"], name) for name, each in SERVICES.items())
    yield from ((each["image"], name) for name, each in CONTAINERS.items())
    for each in KUSTOMIZATION["images"]:
        yield f"{each['newName']}:{each['newTag']}", "kustomization.yaml"


@pytest.mark.parametrize(("image", "where"), [*images()])
def test_every_image_is_of_a_version(image, where):
    assert re.fullmatch(r"[\w./-]+:v?\d[\w.-]*", image), f"{where}: {image}"


def test_the_image_is_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = {image for image, _ in images() if OURS in image}
    assert {image.rpartition(":")[2] for image in ours} == {project["version"]}
    assert f'version="{project["version"]}"' in LAST_STAGE


def test_probes_name_routes_that_exist():
    routes = {"/healthz", "/readyz"}
    for name in ("front.py", "tail.py"):  # that of nodes is there when nodes are
        if (door := WORKER / name).exists():
            assert routes <= set(re.findall(r'"(/\w+)"', door.read_text(encoding="utf-8"))), name
    probes = [
        told
        for each in CONTAINERS.values()
        for kind, told in each.items()
        if kind.endswith("Probe") and "httpGet" in told
    ]
    assert {told["httpGet"]["path"] for told in probes} == routes
    asked = [" ".join(each["healthcheck"].get("test", ())) for each in SERVICES.values()]
    paths = re.findall(r"http://127\.0\.0\.1:\d+(/\w+)", " ".join([*asked, LAST_STAGE]))
    assert set(paths) == routes
    for name, pod in PODS.items():
        for each in pod["containers"]:
            assert {"livenessProbe", "readinessProbe"} <= each.keys(), name


def port_of(words):
    """Give the port that a command listens on."""
    return int(re.search(r"--port (\d+)", " ".join(words))[1])


def test_ports_agree_between_commands_probes_services_and_rules():
    named = {}
    for name, pod in PODS.items():
        for each in pod["containers"]:
            ports = {told["name"]: told["containerPort"] for told in each["ports"]}
            assert list(ports.values()) == [port_of(each["args"])], name
            named |= ports
            for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                told = each.get(kind, {})
                for way in ("httpGet", "tcpSocket"):
                    assert told.get(way, {}).get("port", next(iter(ports))) in ports, name
    for (kind, name), each in MANIFESTS.items():
        for told in each["spec"].get("ports", ()) if kind == "Service" else ():
            assert named[told["targetPort"]] == told["port"], name
    for name in ("owner", "collector-1", "collector-2", "sail"):
        listening = str(port_of(SERVICES[name]["command"]))
        assert listening in " ".join(SERVICES[name]["healthcheck"]["test"]), name
        published = [told.rpartition(":")[2] for told in SERVICES[name].get("ports", [listening])]
        assert published == [listening], name
    assert re.search(r"^EXPOSE (.*)$", LAST_STAGE, re.MULTILINE)[1] == "8765 8766"
    (image,) = of_image()
    assert f":{port_of(image)}/healthz" in LAST_STAGE


def test_a_node_says_an_address_at_which_it_listens():
    for name, each in SERVICES.items():
        if name.startswith("collector"):
            told = " ".join(each["command"])
            assert f"--address http://{name}:{port_of(each['command'])}" in told
    args = PODS["collector"]["containers"][0]["args"]
    headless = MANIFESTS["Service", MANIFESTS["StatefulSet", "collector"]["spec"]["serviceName"]]
    assert headless["spec"]["clusterIP"] == "None"
    assert args[-1] == f"http://$(NODE_NAME).{headless['metadata']['name']}:{port_of(args)}"


def test_services_rules_and_budgets_choose_pods_that_exist():
    for (kind, name), each in MANIFESTS.items():
        spec = each.get("spec", {})
        chosen = {
            "Service": spec.get("selector"),
            "NetworkPolicy": spec.get("podSelector", {}).get("matchLabels"),
            "PodDisruptionBudget": spec.get("selector", {}).get("matchLabels"),
        }.get(kind)
        if chosen:
            assert chosen["app.kubernetes.io/name"] in PODS, (kind, name)
    for kind, name in MANIFESTS:
        if kind in {"StatefulSet", "Deployment"}:
            labels = MANIFESTS[kind, name]["spec"]["template"]["metadata"]["labels"]
            assert labels == {"app.kubernetes.io/name": name}
    scaled = MANIFESTS["HorizontalPodAutoscaler", "collector"]["spec"]["scaleTargetRef"]
    assert (scaled["kind"], scaled["name"]) in MANIFESTS
    assert MANIFESTS["StatefulSet", "owner"]["spec"]["replicas"] == 1
    for rule in MANIFESTS["Ingress", "truelift"]["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            assert ("Service", path["backend"]["service"]["name"]) in MANIFESTS


def test_the_owner_answers_for_the_name_that_leads_to_it():
    host = MANIFESTS["Ingress", "truelift"]["spec"]["rules"][0]["host"]
    args = PODS["owner"]["containers"][0]["args"]
    assert args[args.index("--host") + 1] == host
    assert PODS["owner"]["hostAliases"] == [{"ip": "0.0.0.0", "hostnames": [host]}]
    words = SERVICES["owner"]["command"]
    assert SERVICES["owner"]["extra_hosts"] == [f"{words[words.index('--host') + 1]}:0.0.0.0"]


def test_services_wait_for_what_they_need():
    for name, each in SERVICES.items():
        for other, told in each.get("depends_on", {}).items():
            ended = told["condition"] == "service_completed_successfully"
            assert ended == (other == "setup"), name
            assert ended or "test" in SERVICES[other]["healthcheck"], name
    assert set(KUSTOMIZATION["resources"]) | {"kustomization.yaml"} == {
        path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")
    }


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("workspace.toml")), ids=str)
def test_places_are_such_as_a_workspace_takes(path):
    told = places.checked(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
    assert told.outgrown
    assert told.database is not None
    assert re.search(r"sc://(\w+):(\d+)", told.engine)[2] in str(SERVICES["sail"]["command"])


def test_the_image_has_what_is_tested():
    pinned = {name: pins(name) for name in ("image", "dev", "build", "core")}
    assert pinned["image"].items() <= pinned["dev"].items(), "run: make requirements"
    tools = {name: pinned["core"].get(name) for name in pinned["build"]}
    assert {name for name in tools if tools[name] is None} == {"setuptools", "wheel"}
    assert pinned["build"].items() >= {(n, v) for n, v in tools.items() if v is not None}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [
        Requirement(text)
        for extra in ("web", "reports", "postgresql", "lake", "sail")
        for text in extras[extra]
    ]
    missing = [
        str(each)
        for each in [*wanted, *map(Requirement, project["dependencies"])]
        if not each.specifier.contains(pinned["image"].get(each.name.lower(), "none"))
    ]
    assert missing == []


def pins(name):
    """Give the versions of a pinned list."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def test_only_what_the_image_is_built_of_reaches_the_builder():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    assert all((ROOT / each).exists() for each in kept)
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert {each for line in copied for each in line.split()} == set(kept)
