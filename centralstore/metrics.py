"""What the admin port counts: Prometheus metrics without a label for any user, space or file.

Labels are names out of our own tables (operation, status, scope); ids and addresses have no way in.
Names and meanings: docs/OPERATOR_GUIDE.md §9; the alerts over them: packaging/prometheus/.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_GROUP: Final = (1, 2, 4, 8, 16, 32, 64)
NOWHERE: Final = "none"
"""The operation of a request that met no route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the database says, at one moment (figures.py asks it)."""

    queue_depth: int = 0
    queue_oldest_seconds: int = 0
    uploads_open: int = 0
    files_complete: int = 0
    stored_bytes: int = 0
    retention_due: int = 0
    retention_oldest_seconds: int = 0
    spaces_open: int = 0
    spaces_closed: int = 0
    accounts_enrolled: int = 0
    wipe_receipts: int = 0
    log_rows_waiting: int = 0
    log_rows_refused: int = 0


class Metrics:
    """One registry per store; several stores in one process do not meet."""

    def __init__(self, version: str = "") -> None:
        self.registry = CollectorRegistry()
        self._children: dict[tuple[str, int], Counter] = {}
        self._times: dict[str, Histogram] = {}
        build = Info("jitstore_build", "Version of the program.", registry=self.registry)
        build.info({"version": version, "python": platform.python_version()})
        self._answers()
        self._refusals()
        self._work()
        self._gauges()
        self._pools()

    def _answers(self) -> None:
        registry = self.registry
        self._requests = Counter(
            "jitstore_requests",
            "Requests answered, by operation and HTTP status.",
            ["operation", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "jitstore_request_seconds",
            "Time from a request's head to its answer's head, by operation.",
            ["operation"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "jitstore_requests_in_flight", "Requests being answered now.", registry=registry
        )

    def _work(self) -> None:
        registry = self.registry
        self._commit = Histogram(
            "jitstore_commit_seconds",
            "Time of one database transaction, its synchronisation included.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._group = Histogram(
            "jitstore_commit_jobs",
            "Jobs committed together in one transaction.",
            buckets=_GROUP,
            registry=registry,
        )
        self._parts = Counter(
            "jitstore_part_bytes",
            "Bytes of sealed parts taken in and handed out.",
            ["direction"],
            registry=registry,
        )
        self._retention = Counter(
            "jitstore_retention_erased",
            "What retention erased: files, deliveries, objects.",
            ["what"],
            registry=registry,
        )
        self._retention_failed = Counter(
            "jitstore_retention_failed_runs", "Runs of retention that failed.", registry=registry
        )
        self._met_full = Counter(
            "jitstore_full_mailbox_posts",
            "Messages taken in while the mailbox of a device they were for was full.",
            registry=registry,
        )

    def _refusals(self) -> None:
        registry = self.registry
        self._limited = Counter(
            "jitstore_limited_requests",
            "Requests turned away by a rate limit, by what it counts.",
            ["scope"],
            registry=registry,
        )
        self._refused = Counter(
            "jitstore_auth_failures",
            "Refused sign-ins, sessions and invitations.",
            ["kind"],
            registry=registry,
        )
        for scope in ("address", "device", "account", "space"):
            self._limited.labels(scope)
        for kind in ("sign-in", "session", "invitation"):
            self._refused.labels(kind)

    def _pools(self) -> None:
        texts = {
            "size": "Database transactions that can run at once.",
            "busy": "Database transactions that run now.",
            "waiting": "Jobs that wait for a database transaction.",
        }
        self._pool = {
            name: Gauge(f"jitstore_database_pool_{name}", text, registry=self.registry)
            for name, text in texts.items()
        }

    def _gauges(self) -> None:
        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"jitstore_{name}", text, registry=self.registry)

        self._figures = {
            "queue_depth": gauge("queue_depth", "Deliveries that no device has taken yet."),
            "queue_oldest_seconds": gauge(
                "queue_oldest_seconds", "Age of the oldest delivery that waits."
            ),
            "uploads_open": gauge("uploads_open", "Files announced and not complete."),
            "files_complete": gauge("files_complete", "Complete files that are not erased."),
            "stored_bytes": gauge("stored_bytes", "Sealed bytes of files that are not erased."),
            "retention_due": gauge(
                "retention_due", "Files past their time, and erased ones whose bytes are there yet."
            ),
            "retention_oldest_seconds": gauge(
                "retention_oldest_seconds", "How long the oldest of those has been due."
            ),
            "spaces_open": gauge("spaces_open", "Spaces that are open."),
            "spaces_closed": gauge("spaces_closed", "Spaces that are closed."),
            "accounts_enrolled": gauge("accounts_enrolled", "People enrolled."),
            "wipe_receipts": gauge("wipe_receipts", "Wipe receipts handed in."),
            "log_rows_waiting": gauge("log_rows_waiting", "Rows that are not in the log's tree."),
            "log_rows_refused": gauge("log_rows_refused", "Rows that the store did not write."),
        }
        self.listeners = gauge("listeners", "Devices that listen for wake-ups now.")
        self.disk_free = gauge("disk_free_bytes", "Free bytes of the data folder's disk.")
        self.disk_size = gauge("disk_size_bytes", "Size of the data folder's disk.")
        self.certificate = gauge(
            "certificate_days", "Days until the TLS certificate's date is over."
        )
        self.backup_age = gauge(
            "backup_age_seconds", "Age of the last whole backup; -1 where there was none."
        )
        self.erasures_age = gauge(
            "erasures_age_seconds", "Age of the last record of erasures; -1 where there was none."
        )
        self.ready = gauge("ready", "1 when the last look at readiness found nothing wrong.")

    def request(self, operation: str, status: int, seconds: float) -> None:
        """One request was answered."""
        child = self._children.get((operation, status))
        if child is None:
            child = self._requests.labels(operation, str(status))
            self._children[operation, status] = child
            self._times.setdefault(operation, self._seconds.labels(operation))
        child.inc()
        self._times[operation].observe(seconds)

    def committed(self, jobs: int, seconds: float) -> None:
        """One transaction was committed, or failed to be."""
        self._commit.observe(seconds)
        self._group.observe(jobs)

    def limited(self, scope: str) -> None:
        """A rate limit turned a request away."""
        self._limited.labels(scope).inc()

    def not_let_in(self, kind: str) -> None:
        """A sign-in, a session or an invitation was refused."""
        self._refused.labels(kind).inc()

    def part(self, direction: str, size: int) -> None:
        """Bytes of a part went `in` or `out`."""
        self._parts.labels(direction).inc(size)

    def swept(self, *, files: int, deliveries: int, objects: int) -> None:
        """Retention ran."""
        for what, count in (("files", files), ("deliveries", deliveries), ("objects", objects)):
            self._retention.labels(what).inc(count)

    def met_full(self, posts: int) -> None:
        """So many messages met a full mailbox."""
        self._met_full.inc(posts)

    def sweep_failed(self) -> None:
        """A run of retention failed."""
        self._retention_failed.inc()

    def set_figures(self, figures: Figures) -> None:
        """Show what the database says."""
        for name, gauge in self._figures.items():
            gauge.set(getattr(figures, name))

    def set_pool(self, size: int, busy: int, waiting: int) -> None:
        """Show how full the pool of database transactions is."""
        for name, value in (("size", size), ("busy", busy), ("waiting", waiting)):
            self._pool[name].set(value)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)
