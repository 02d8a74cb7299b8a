"""Recovery at the store: no device signs in, the holder of the user key proves herself each time.

Spec: docs/protocol/71-recovery.md.
"""

from __future__ import annotations

from collections.abc import Callable

from protocol.api import accounts, paths, recoveries
from sync.transport import Transport

Prove = Callable[[bytes, bytes, bytes], bytes]
"""(the store's nonce, SHA-256 of the certificate seen, subject) -> a `Signed` RecoveryProof."""


async def newest_list(transport: Transport, prove: Prove) -> bytes:
    """One's own newest device list, unverified.

    Raises:
        RefusedError: the store does not know such a person with such a key.
    """
    body = recoveries.RecoveryListRequest(proof=await _proof(transport, prove, bytes(32)))
    reply = accounts.DeviceListReply
    answer = await transport.request("POST", paths.RECOVERY_LISTS, body=body, reply=reply)
    return answer.device_list


async def recover(
    transport: Transport, prove: Prove, device_list: bytes, subject: bytes
) -> accounts.User:
    """Hand in the next device list (a `Signed`); `subject` is its `record_hash` (32 B).

    Raises:
        RefusedError: the store does not accept it.
        ConflictError: another list came first.
    """
    proof = await _proof(transport, prove, subject)
    body = recoveries.RecoverRequest(proof=proof, device_list=device_list)
    return await transport.request("POST", paths.RECOVERIES, body=body, reply=accounts.User)


async def _proof(transport: Transport, prove: Prove, subject: bytes) -> bytes:
    reply = accounts.ChallengeReply
    challenge = await transport.request("POST", paths.CHALLENGES, reply=reply)
    return prove(challenge.nonce, transport.certificate, subject)
