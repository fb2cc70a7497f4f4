"""What each answer and each act adds, and who may read the sums: nothing personal in a label.

Each process counts in files of its own (the library's multiprocess mode): those of the web, the
worker, a command that imports.
"""

import hmac
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from time import monotonic, perf_counter

from flask import Flask, current_app, g, has_app_context, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from werkzeug.wrappers import Response

from app.services import gauges, journal
from app.services.gauges import Gauges
from app.settings import EXTENSION as SETTINGS
from app.web.access import Audience, opens_to
from app.web.metrics import DIRECTORY
from app.web.metrics.files import Everybody

EXTENSION = "portail.metrics"
PATH = "/metrics"
ENDPOINT = "metrics"
# A page takes some milliseconds, a password a tenth of a second, a paper or an archive seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
NO_ENDPOINT = "none"
LATEST_SECONDS = 600

# Their own registry is never read: what all processes counted is.
_OWN = CollectorRegistry()
REQUESTS = Counter(
    "portail_requests", "Requests answered.", ("town", "endpoint", "status"), registry=_OWN
)
LATENCY = Histogram(
    "portail_request_seconds", "Time to answer a request, in seconds.", ("town", "endpoint"),
    buckets=BUCKETS, registry=_OWN,
)  # fmt: skip
ACTS = Counter(
    "portail_acts", "Acts of the journal: sign-ins, failures, imports…", ("town", "act"),
    registry=_OWN,
)  # fmt: skip


def init_app(app: Flask, token: str, unavailable: type[Exception]) -> None:
    """Count what this application answers, and show it to whoever has the token."""
    counting = _Counting(app.extensions[SETTINGS].public_host, token, unavailable)
    app.extensions[EXTENSION] = counting
    app.before_request(_start)
    app.after_request(counting.count)
    app.add_url_rule(PATH, ENDPOINT, opens_to(Audience.STRANGERS)(partial(counting.show)))


class _Counting:
    """What one town's application counts, under its name."""

    def __init__(self, town: str, token: str, unavailable: type[Exception]) -> None:
        self.town = town
        self._expected = f"Bearer {token}"
        self._unavailable = unavailable
        self._counters: dict[tuple[str, int], Counter] = {}
        self._latencies: dict[str, Histogram] = {}
        self._latest: dict[str, datetime] = {}
        self._look_again_at = 0.0

    def count(self, response: Response) -> Response:
        """Count an answer, and the time it took."""
        endpoint = request.endpoint or NO_ENDPOINT
        self._counter(endpoint, response.status_code).inc()
        started = g.get("metrics_started")
        if started is not None:
            self._latency(endpoint).observe(perf_counter() - started)
        return response

    def show(self) -> Response:
        """Answer Prometheus; the address is public, so it takes the token."""
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), self._expected.encode()):
            refused = Response("Jeton attendu.\n", HTTPStatus.UNAUTHORIZED, mimetype="text/plain")
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        registry = CollectorRegistry()
        registry.register(Everybody(self.town, Path(os.environ[DIRECTORY])))
        registry.register(self._database())
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    def _counter(self, endpoint: str, status: int) -> Counter:
        """Find it without the library, which looks twice as long; pages and statuses are few."""
        found = self._counters.get((endpoint, status))
        if found is None:
            found = REQUESTS.labels(self.town, endpoint, status)
            self._counters[endpoint, status] = found
        return found

    def _latency(self, endpoint: str) -> Histogram:
        found = self._latencies.get(endpoint)
        if found is None:
            found = self._latencies[endpoint] = LATENCY.labels(self.town, endpoint)
        return found

    def _database(self) -> "_Database":
        with suppress(self._unavailable):
            return _Database(self.town, gauges.count(), self._latest_acts())
        return _Database(self.town, None, {})

    def _latest_acts(self) -> dict[str, datetime]:
        """Look seldom: what is done once a night need not be asked twice a minute."""
        if monotonic() >= self._look_again_at:
            self._latest = gauges.latest()
            self._look_again_at = monotonic() + LATEST_SECONDS
        return self._latest


class _Database(Collector):
    """What the database alone can tell; that it does not answer is told too."""

    def __init__(self, town: str, found: Gauges | None, latest: dict[str, datetime]) -> None:
        self._town = town
        self._found = found
        self._latest = latest

    def collect(self) -> Iterator[Metric]:
        """Give a gauge for each."""
        up = float(self._found is not None)
        yield self._gauge("portail_database_up", "1 when the database answers.", {"": up})
        if self._found is None:
            return
        found = self._found
        yield self._gauge("portail_mails", "Mails of the queue.", found.mails, "state")
        yield self._gauge(
            "portail_mail_wait_seconds", "How long the first mail has waited.",
            {"": found.mail_wait.total_seconds()},
        )  # fmt: skip
        yield self._gauge("portail_jobs", "Jobs of the queue.", found.jobs, "state")
        yield self._gauge(
            "portail_job_delay_seconds", "How late the latest job is.",
            {"": found.job_delay.total_seconds()},
        )  # fmt: skip
        latest = {act: at.timestamp() for act, at in self._latest.items()}
        yield self._gauge(
            "portail_latest_timestamp_seconds", "When it was last done.", latest, "act"
        )

    def _gauge(
        self, name: str, words: str, values: dict[str, float] | dict[str, int], label: str = ""
    ) -> Metric:
        gauge = GaugeMetricFamily(name, words, labels=("town", label) if label else ("town",))
        for value_of, value in values.items():
            gauge.add_metric((self._town, value_of) if label else (self._town,), value)
        return gauge


def _start() -> None:
    g.metrics_started = perf_counter()


def _count_act(event: str) -> None:
    counting = current_app.extensions.get(EXTENSION) if has_app_context() else None
    if counting is not None:
        ACTS.labels(counting.town, event).inc()


journal.watchers.append(_count_act)
