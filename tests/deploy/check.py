"""What the files of deploy/ say about Parlour, held against what Parlour says about itself.

usage: check.py SETTINGS [COMPOSE...]

SETTINGS is what `parlour config --json` prints without any configuration, COMPOSE what `docker-compose config` makes of a compose file.
"""

import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "deploy/kubernetes"
# Not settings: what the compose files fill in.
FILLED_IN = {"PARLOUR_DOMAIN", "PARLOUR_IMAGE", "PARLOUR_NODES"}

faults = []


def demand(holds, sentence):
    if not holds:
        faults.append(sentence)


def seconds(text):
    found = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text)
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def documents():
    """Every object of Kubernetes, with its file."""
    for file in sorted(KUBERNETES.rglob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text()):
            yield file.relative_to(ROOT), document


def pods(document):
    """The pods that an object makes."""
    spec = document.get("spec", {})
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    if "template" in spec:
        yield spec["template"]["spec"]


settings = {}
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    one = json.loads(line)
    settings[one["name"]] = one["value"]


def leaving(variables):
    """Seconds that a node takes at most after it was told to stop, by its environment."""
    names = ["drain_seconds", "shutdown_delay_seconds"]
    return sum(int(variables.get(f"PARLOUR_{name.upper()}", settings[name])) for name in names)



# Names of settings: a mistyped one ends every start.
for file in sorted((ROOT / "deploy").rglob("*")) + [ROOT / "docs/backup.md", ROOT / "docs/upgrade.md", ROOT / "docs/hardening.md"]:
    if not file.is_file() or "secrets" in file.parts or file.name == ".env":
        continue
    for name in set(re.findall(r"PARLOUR_[A-Z_]+", file.read_text())) - FILLED_IN:
        plain = name.removeprefix("PARLOUR_").lower()
        known = plain in settings or plain.removesuffix("_file") in settings
        demand(known, f"{file.relative_to(ROOT)}: there is no setting for {name}")
toml = (ROOT / "deploy/parlour.toml").read_text()
for name in re.findall(r"^#?([a-z_]+) = ", toml, re.M):
    demand(name in settings, f"deploy/parlour.toml: there is no setting {name}")

# Whoever is told to stop is left the time for it.
unit = (ROOT / "deploy/parlour.service").read_text()
drain = leaving({})
stop = int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.M)[1])
demand(stop > drain, f"parlour.service ends a node after {stop} s, and draining takes {drain} s")

for file in sys.argv[2:]:
    compose = yaml.safe_load(pathlib.Path(file).read_text())
    for name, service in compose["services"].items():
        where = f"{pathlib.Path(file).name}: {name}"
        demand(service.get("read_only") is True, f"{where} can write to its file system")
        demand(service.get("cap_drop") == ["ALL"], f"{where} keeps capabilities")
        demand("no-new-privileges:true" in service.get("security_opt", []), f"{where} may gain privileges")
        demand(service.get("deploy", {}).get("resources", {}).get("limits"), f"{where} has no limits")
        demand(name == "caddy" or not service.get("ports"), f"{where} is reached from outside")
        demand(service.get("healthcheck") or name == "caddy", f"{where} has no health check")
        for secret in service.get("secrets", []):
            demand(secret if isinstance(secret, str) else secret["source"] in compose["secrets"], f"{where}: {secret}")
        for value in (service.get("environment") or {}).values():
            demand("PASSWORD" not in str(value), f"{where} has a password in its environment")
        if "parlour" in service["image"]:
            grace = seconds(service["stop_grace_period"])
            drain = leaving(service.get("environment") or {})
            demand(grace > drain, f"{where} is ended after {grace} s, and draining takes {drain} s")
    doors = set(compose["services"]["caddy"]["networks"]) & set(compose["services"]["parlour"]["networks"])
    demand(doors == {"doors"}, f"{file}: Caddy and the nodes share {doors}, and only one network is trusted")
    trusted = compose["services"]["parlour"]["environment"]["PARLOUR_TRUSTED_PROXIES"]
    subnet = compose["networks"]["doors"]["ipam"]["config"][0]["subnet"]
    demand(trusted == subnet, f"{file}: {trusted} is trusted, and Caddy comes from {subnet}")

listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
there = {file.name for file in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}
demand(set(listed) == there, f"kustomization.yaml lists {listed}, and there is {sorted(there)}")
drain = leaving(yaml.safe_load((KUBERNETES / "configmap.yaml").read_text())["data"])
for file, document in documents():
    for pod in pods(document):
        where = f"{file}: {document['metadata']['name']}"
        demand(pod["securityContext"].get("runAsNonRoot") is True, f"{where} may be root")
        demand(pod["securityContext"].get("seccompProfile"), f"{where} has no seccomp profile")
        demand(pod.get("automountServiceAccountToken") is False, f"{where} is given a token of the cluster")
        for container in pod["containers"]:
            security = container["securityContext"]
            demand(security.get("readOnlyRootFilesystem") is True, f"{where} can write to its file system")
            demand(security.get("allowPrivilegeEscalation") is False, f"{where} may gain privileges")
            demand(security.get("capabilities") == {"drop": ["ALL"]}, f"{where} keeps capabilities")
            demand(container["resources"].get("limits", {}).get("memory"), f"{where} has no limit of memory")
        if document["kind"] == "Deployment":
            grace = pod["terminationGracePeriodSeconds"]
            demand(grace > drain, f"{where} is ended after {grace} s, and draining takes {drain} s")

for sentence in faults:
    print(sentence, file=sys.stderr)
sys.exit(bool(faults))
