"""Sealed files as a device would upload them: random bytes stand for ciphertext."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import httpx

from crypto import merkle, partleaf, signatures
from protocol.api import paths
from protocol.api.files import AnnounceRequest, CompleteRequest, FileReply, ProofRequest
from protocol.ids import FileId, SpaceId
from protocol.limits import FILE_HEADER_BYTES, PART_BYTES
from protocol.receipts import DownloadProof, Withdrawal
from tests.centralstore.client import Device, read
from tests.support.people import NOW


@dataclass
class Exhibit:
    """A file of `count` parts, the last one short."""

    space: SpaceId
    uploader: Device
    recipients: tuple[Device, ...]
    count: int = 3
    id: FileId = field(default_factory=lambda: FileId(os.urandom(16)))

    def __post_init__(self) -> None:
        sizes = [PART_BYTES] * (self.count - 1) + [1000]
        sizes[0] += FILE_HEADER_BYTES
        self.parts = [os.urandom(size) for size in sizes]
        self.root = merkle.root([partleaf.leaf(part) for part in self.parts])

    @property
    def path(self) -> str:
        return paths.file(self.space, self.id)

    def announce(self, **changes: object) -> httpx.Response:
        fields: dict[str, object] = {
            "file": self.id,
            "parts": self.count,
            "sealed_bytes": sum(map(len, self.parts)),
            "recipients": tuple(one.person.user for one in self.recipients),
        }
        request = AnnounceRequest(**{**fields, **changes})  # type: ignore[arg-type]
        return self.uploader.ask("POST", paths.files(self.space), request)

    def put(
        self,
        index: int,
        data: bytes | None = None,
        digest: bytes | None = None,
        by: Device | None = None,
    ) -> httpx.Response:
        body = self.parts[index] if data is None else data
        return (by or self.uploader).ask(
            "PUT",
            paths.part(self.space, self.id, index),
            content=body,
            headers={paths.PART_DIGEST_HEADER: (digest or partleaf.leaf(body)).hex()},
        )

    def get(self, index: int, by: Device) -> httpx.Response:
        return by.ask("GET", paths.part(self.space, self.id, index))

    def complete(self, root: bytes | None = None) -> httpx.Response:
        request = CompleteRequest(root=root or self.root)
        return self.uploader.ask("POST", paths.complete(self.space, self.id), request)

    def upload(self) -> Exhibit:
        assert self.announce().is_success
        for index in range(self.count):
            assert self.put(index).status_code == 204
        assert self.complete().is_success
        return self

    def state(self, by: Device | None = None) -> FileReply:
        return read((by or self.uploader).ask("GET", self.path), FileReply)

    def prove(self, by: Device, root: bytes | None = None) -> httpx.Response:
        proof = DownloadProof(
            version=1,
            space=self.space,
            file=self.id,
            root=root or self.root,
            device=by.person.device,
            claimed_at=NOW,
        )
        signed = signatures.sign(by.person.dsk, by.person.device, proof)
        return by.ask("POST", paths.verified(self.space, self.id), ProofRequest(proof=signed))

    def withdraw(self, by: Device | None = None) -> httpx.Response:
        device = by or self.uploader
        order = Withdrawal(
            version=1,
            space=self.space,
            file=self.id,
            device=device.person.device,
            claimed_at=NOW,
        )
        signed = signatures.sign(device.person.dsk, device.person.device, order)
        return device.ask("POST", paths.withdraw(self.space, self.id), ProofRequest(proof=signed))
