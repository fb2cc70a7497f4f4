"""The files that ops copy: alerts that fire, a dashboard whose every line has something to draw."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import db
from app.models import JournalEntry, OutboxMail
from app.services import gauges, noted_acts
from app.services.mail.kinds import MailKind
from tests.conftest import skip_or_fail
from tests.monitoring.conftest import Watched
from tests.support.serving import ROOT

SHIPPED = ROOT / "deploy" / "monitoring"
HERE = Path(__file__).parent
ALERTS, DASHBOARD = SHIPPED / "alerts.yml", SHIPPED / "grafana.json"
METRIC = re.compile(r"portail_\w+")
# What Grafana puts in their place.
VARIABLES = {"$town": ".*", "$__rate_interval": "5m"}


def promtool(*words: str, given: str = "") -> None:
    """Run Prometheus' own linter, which has to be content."""
    if shutil.which("promtool") is None:
        skip_or_fail("promtool is not installed (Debian: prometheus)")
    read = subprocess.run(
        ["promtool", *words], input=given, capture_output=True, text=True, check=False
    )
    assert read.returncode == 0, read.stdout + read.stderr


def alerts() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return found


def drawn() -> Iterator[str]:
    for panel in panels():
        for target in panel["targets"]:
            expression: str = target["expr"]
            for variable, value in VARIABLES.items():
                expression = expression.replace(variable, value)
            yield expression


def test_prometheus_reads_what_is_shipped() -> None:
    promtool("check", "config", "--syntax-only", str(SHIPPED / "prometheus.yml"))
    promtool("check", "rules", "--lint-fatal", str(ALERTS))


def test_each_alert_fires_and_does_not() -> None:
    """Two towns, a sound one and one in trouble: each alert names the second."""
    tried = HERE / "alerts.test.yml"
    promtool("test", "rules", str(tried))
    cases = [case for test in yaml.safe_load(tried.read_text("utf-8"))["tests"]
             for case in test["alert_rule_test"]]  # fmt: skip
    firing = {case["alertname"] for case in cases if case.get("exp_alerts")}
    assert firing == {alert["alert"] for alert in alerts()}


def test_each_expression_of_the_dashboard_is_one(tmp_path: Path) -> None:
    """Prometheus reads them as the rules of a file."""
    rules = [
        {"record": f"drawn:line:{number}", "expr": each} for number, each in enumerate(drawn())
    ]
    written = tmp_path / "drawn.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "drawn", "rules": rules}]}))
    promtool("check", "rules", str(written))


def test_the_dashboard_is_one_for_grafana() -> None:
    """As far as a schema tells: it was opened in none."""
    program = str(Path(sys.executable).with_name("check-jsonschema"))
    schema = HERE / "grafana.schema.json"
    read = subprocess.run(
        [program, f"--schemafile={schema}", DASHBOARD], capture_output=True, text=True, check=False
    )
    assert read.returncode == 0, read.stdout
    numbers = [panel["id"] for panel in panels()]
    assert len(numbers) == len(set(numbers))
    places = [panel["gridPos"] for panel in panels()]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells)), "two panels lie on one another"
    assert max(x for x, _ in cells) < 24


@pytest.fixture(scope="module")
def exposition(watched: Watched) -> str:
    """What the portal tells once it has served, imported and been backed up, a mail waiting."""
    watched.ask("/connexion")
    watched.flask("credentials", "send", watched.people.zest.identifier)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    mail = OutboxMail(
        kind=MailKind.CREDENTIALS, identifier="1", created_at=an_hour_ago, due_at=an_hour_ago
    )
    done = [JournalEntry(at=an_hour_ago, event=event, details={}) for event in gauges.REGULAR]
    with watched.app.app_context(), db.transaction() as session:
        session.add_all([mail, *done])
    return watched.exposition()


def test_what_is_told_is_well_told(exposition: str) -> None:
    """Names, units, help: as Prometheus recommends."""
    promtool("check", "metrics", given=exposition)


def test_each_name_is_one_that_the_portal_tells(exposition: str) -> None:
    """A metric that is renamed would leave an alert that never fires, and an empty panel."""
    told = set(re.findall(r"^(portail_\w+)[{ ]", exposition, re.MULTILINE))
    asked = [alert["expr"] for alert in alerts()] + list(drawn())
    assert asked
    for expression in asked:
        assert set(METRIC.findall(expression)) <= told, expression
    for act in re.findall(r'act=~?"([\w|]+)"', " ".join(asked)):
        assert set(act.split("|")) <= set(noted_acts.ACTS)


def test_an_alert_fires_on_what_the_portal_told(exposition: str, tmp_path: Path) -> None:
    """A mail has waited an hour: of all that was read, the alert of the mails alone fires."""
    told = re.findall(r"^(portail_\w+\{[^}]*\}) (\S+)$", exposition, re.MULTILINE)
    series = [
        # Whole numbers, as the summary says the wait to the second; minutes pass unseen.
        {"series": name, "values": f"{float(value) // 60 * 60:.0f}x10"}
        for name, value in told
        if "_seconds{" in name and "timestamp" not in name
    ]
    fired = {
        "exp_labels": {"severity": "critical", "town": "localhost"},
        "exp_annotations": {
            "summary": "localhost : un courriel attend depuis 1h 0m 0s",
            "remedy": "flask mail list --unsent dit pourquoi",
        },
    }
    cases = [
        {
            "alertname": alert["alert"],
            "eval_time": "6m",
            "exp_alerts": [fired] if alert["alert"] == "PortailCourrielsEnAttente" else [],
        }
        for alert in alerts()
    ]
    tests = [{"interval": "1m", "input_series": series, "alert_rule_test": cases}]
    written = tmp_path / "read.test.yml"
    written.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": tests}))
    promtool("test", "rules", str(written))
