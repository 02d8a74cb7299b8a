"""Exhibits between files on disk and sealed parts: the one door to source, sink and reader.

`EvidenceSource` and `EvidenceSink` are what `sync.transfers` moves parts from and to; several
worker threads use one of them at once. `EvidenceReader` opens what is kept.
Spec: docs/protocol/50-files.md §50.6 to §50.8.
"""

from __future__ import annotations

from jitclient.evidence_reader import EvidenceReader
from jitclient.evidence_sink import DownloadJournal, EvidenceSink
from jitclient.evidence_source import EvidenceSource, UploadJournal
from jitclient.sourcefile import SourceStat, source_stat

__all__ = [
    "DownloadJournal",
    "EvidenceReader",
    "EvidenceSink",
    "EvidenceSource",
    "SourceStat",
    "UploadJournal",
    "source_stat",
]
