"""What stands in packaging/ speaks of what exists: metrics, keys, commands, pages, packages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from prometheus_client.parser import text_string_to_metric_families

from centralstore import configuration
from centralstore.metrics import Figures, Metrics
from centralstore.operator import commands
from tests.architecture.tree import ROOT

FOLDER: Final = ROOT / "packaging"
RULES: Final = yaml.safe_load((FOLDER / "prometheus/alerts.yml").read_text("utf-8"))
ALERTS: Final = [rule for group in RULES["groups"] for rule in group["rules"]]
_METRIC: Final = re.compile(r"\bjitstore_[a-z_]+")


def _metrics() -> set[str]:
    """Every name that /metrics can have."""
    metrics = Metrics("1")
    metrics.request("x", 200, 0.1)
    metrics.committed(1, 0.1)
    metrics.part("in", 1)
    metrics.swept(files=1, deliveries=1, objects=1)
    metrics.set_figures(Figures())
    families = text_string_to_metric_families(metrics.text().decode())
    return {sample.name for family in families for sample in family.samples}


def _named(text: str) -> set[str]:
    return set(_METRIC.findall(text))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_names_metrics_and_a_page_that_exist(rule: dict[str, Any]) -> None:
    assert _named(rule["expr"]) <= _metrics()
    assert rule["labels"]["severity"] in {"page", "ticket"}
    page = ROOT / rule["annotations"]["runbook"]
    assert page.is_file()
    assert f"`{rule['alert']}`" in page.read_text("utf-8")
    assert "## Do" in page.read_text("utf-8")


def test_every_runbook_belongs_to_an_alert_and_the_list_is_whole() -> None:
    pages = {path.name for path in (ROOT / "docs/runbooks").glob("*.md")} - {"README.md"}
    index = (ROOT / "docs/runbooks/README.md").read_text("utf-8")

    assert {rule["annotations"]["runbook"].rsplit("/", 1)[1] for rule in ALERTS} == pages
    assert [rule["alert"] for rule in ALERTS if f"| {rule['alert']} |" not in index] == []


def test_the_dashboard_shows_metrics_that_exist() -> None:
    dashboard = json.loads((FOLDER / "grafana/jitstore.json").read_text("utf-8"))
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]

    assert set().union(*map(_named, shown)) <= _metrics()
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"]) >= 15


def test_the_guide_names_every_metric() -> None:
    guide = (ROOT / "docs/OPERATOR_GUIDE.md").read_text("utf-8")
    families = Metrics("1").registry.collect()
    names = [family.name.removeprefix("jitstore_") for family in families]

    assert [name for name in names if not re.search(rf"`{name}(_total|_info)?[`{{]", guide)] == []


@pytest.mark.parametrize(
    "path",
    [
        "systemd/jitstore.service",
        "systemd/jitstore-backup.service",
        "systemd/jitstore-erasures.service",
        "container/Containerfile",
        "container/compose.yaml",
    ],
)
def test_every_variable_that_is_set_is_one_that_is_read(path: str) -> None:
    known = {f"JITSTORE_{key.upper()}" for key in configuration.KEYS} | configuration.ELSEWHERE
    known |= {f"{name}_FILE" for name in known}

    assert set(re.findall(r"\bJITSTORE_[A-Z0-9_]+", (FOLDER / path).read_text("utf-8"))) <= known


def _commands() -> set[str]:
    """Every command with its verb, as the parser has them."""
    found: set[str] = set()
    todo = [("", commands._parser())]
    while todo:
        before, parser = todo.pop()
        for action in parser._actions:
            for word, below in (
                (getattr(action, "choices", None) or {}).items()
                if isinstance(getattr(action, "choices", None), dict)
                else ()
            ):
                found.add(f"{before} {word}".strip())
                todo.append((f"{before} {word}".strip(), below))
    return found


def test_units_and_pages_name_commands_that_exist() -> None:
    pages = [*(FOLDER / "systemd").iterdir(), *(ROOT / "docs/runbooks").glob("*.md")]
    pages += [ROOT / "docs/OPERATOR_GUIDE.md"]
    known = _commands()
    strays = [
        f"{page.name}: jitstore {words}"
        for page in pages
        for words in re.findall(r"\bjitstore ([a-z]+(?: [a-z]+)?)", page.read_text("utf-8"))
        if words.split()[0] in {one.split()[0] for one in known}
        and words not in known
        and any(one.startswith(f"{words.split()[0]} ") for one in known)
    ]
    unknown = [
        f"{page.name}: jitstore {word}"
        for page in pages
        for word in re.findall(r"`jitstore ([a-z]+)", page.read_text("utf-8"))
        if word not in {one.split()[0] for one in known} | {"ready"}
    ]

    assert strays == unknown == []


def _closure(texts: list[str]) -> set[str]:
    """Every package that these requirements bring to this machine."""
    todo, needed = [Requirement(text) for text in texts], dict[str, set[str]]()
    while todo:
        one = todo.pop()
        name = canonicalize_name(one.name)
        if name in needed and one.extras <= needed[name]:
            continue
        needed[name] = needed.get(name, set()) | one.extras
        for text in requires(name) or []:
            below = Requirement(text)
            extras = needed[name] or {""}
            if below.marker is None or any(below.marker.evaluate({"extra": e}) for e in extras):
                todo.append(below)
    return set(needed)


def test_the_container_has_every_package_that_the_store_needs_and_no_other() -> None:
    wanted = set((FOLDER / "container/store.packages").read_text("utf-8").split())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    store = project["optional-dependencies"]["store"]

    assert wanted == _closure([*store, "blake3", "msgspec", "cryptography", "pynacl", "sqlcipher3"])
    with (ROOT / "requirements.txt").open() as pins:
        done = subprocess.run(
            [sys.executable, FOLDER / "container/pins.py", FOLDER / "container/store.packages"],
            stdin=pins,
            capture_output=True,
            text=True,
            check=True,
        )
    assert set(re.findall(r"^([a-z0-9-]+)==", done.stdout, re.MULTILINE)) == wanted
    assert done.stdout.count("--hash=") >= len(wanted)


def test_the_compose_file_gives_nobody_more_than_he_needs() -> None:
    services = yaml.safe_load((FOLDER / "container/compose.yaml").read_text("utf-8"))["services"]

    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
