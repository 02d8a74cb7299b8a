from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from protocol import invitation
from protocol.api import paths
from tests.centralstore.client import enrolled, wire
from tests.support.store import StoreHandle, made_store, run_jitstore

ROOT = Path(__file__).resolve().parents[2]


def jitstore(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "centralstore", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )


def test_init_prints_what_is_pinned_and_keeps_keys_to_itself(tmp_path: Path) -> None:
    data = tmp_path / "d"
    made = run_jitstore("init", "--data", str(data), "--listen", "127.0.0.1:0")

    assert made["schema"] == "jit.cli/1"
    assert str(made["address"]).startswith("127.0.0.1:")
    assert len(str(made["fingerprint"])) == 64
    for path in (data, data / "keys", data / "parts"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in (*(data / "keys").iterdir(), data / "store.db", data / "store.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_init_never_touches_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")

    failed = run_jitstore("init", "--data", str(tmp_path), expect=73)

    assert failed["error"] == {
        "code": "cannot-create",
        "sentence": f"{tmp_path} exists already and is not empty. Nothing was changed.",
    }
    assert [p.name for p in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize(
    "listen", ["", "8443", "host:", ":1", "host:70000", "a b:1", "host:x", "h:1:2/", "h:٣"]
)
def test_an_address_has_host_and_port(tmp_path: Path, listen: str) -> None:
    run_jitstore("init", "--data", str(tmp_path / "d"), "--listen", listen, expect=65)

    assert not (tmp_path / "d").exists()


def test_commands_on_no_store_and_wrong_words_say_so(tmp_path: Path) -> None:
    words = ("--data", str(tmp_path))

    assert jitstore("user", "list", *words).returncode == 78
    assert jitstore("serve", *words).returncode == 78
    assert jitstore("user", "lost", *words).returncode == 2
    assert jitstore("init").returncode == 2
    assert jitstore("--help").returncode == 0


@pytest.mark.parametrize("name", ["", "  ", "A\x00na", "evil\u202egnp", "x" * 121, "a\u200bb"])
def test_a_name_is_one_that_can_be_read(tmp_path: Path, name: str) -> None:
    store = made_store(tmp_path)
    words = ("--authority", "PGR", "--country", "PT", "--party", "member-state")

    failed = run_jitstore(
        "user", "invite", "--data", str(store.data_dir), "--name", name, *words, expect=65
    )

    assert isinstance(failed["error"], dict)
    assert failed["error"]["code"] == "bad-input"


def test_an_invitation_pins_address_certificate_and_receipt_key(store: StoreHandle) -> None:
    words = ("--name", "Åsa", "--authority", "Åklagare", "--country", "SE", "--party", "eppo")
    plain = jitstore("user", "invite", "--data", str(store.data_dir), *words)

    found = invitation.from_text(plain.stdout)

    assert plain.stdout.count("\n") == 1
    assert found.address == store.address
    assert found.certificate.hex() == store.fingerprint
    listed = run_jitstore("user", "list", "--data", str(store.data_dir))["users"]
    assert isinstance(listed, list)
    me = next(user for user in listed if user["name"] == "Åsa")
    assert (me["id"], me["enrolled"], me["country"]) == (found.user.hex(), False, "SE")


@pytest.mark.embedded
def test_one_process_serves_a_store(store: StoreHandle) -> None:
    second = jitstore("serve", "--data", str(store.data_dir))

    assert second.returncode == 75
    assert "serves this store already" in second.stderr


def test_a_port_in_use_is_said(tmp_path: Path, store: StoreHandle) -> None:
    made = jitstore("init", "--data", str(tmp_path / "d"), "--listen", store.address)
    assert made.returncode == 0

    second = jitstore("serve", "--data", str(tmp_path / "d"))

    assert second.returncode == 78
    assert "listens on" in second.stderr


def test_sigterm_ends_streams_and_the_process_cleanly(own_store: StoreHandle) -> None:
    device = enrolled(own_store, "streamer")
    headers = {"Authorization": f"Bearer {device.token}"}
    with device.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        assert own_store.process is not None
        own_store.process.send_signal(signal.SIGTERM)

        rest = [line for line in lines if line]

    assert rest == []
    assert own_store.stop() == 0
    events = [json.loads(line)["event"] for line in own_store.errors.read_text().splitlines()]
    assert events == ["store-started", "store-stopping", "store-stopped"]


def test_only_tls_13_is_spoken(store: StoreHandle) -> None:
    import ssl

    from tests.centralstore.client import context

    older = context()
    older.minimum_version = ssl.TLSVersion.TLSv1_2
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    host, _, port = store.address.rpartition(":")
    with pytest.raises((ssl.SSLError, OSError)):
        _handshake(host, int(port), older)
    assert _handshake(host, int(port), context()) == "TLSv1.3"


def _handshake(host: str, port: int, context: object) -> str | None:
    import socket
    import ssl

    assert isinstance(context, ssl.SSLContext)
    with socket.create_connection((host, port), 60) as line, context.wrap_socket(line) as tls:
        return tls.version()


def test_a_damaged_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    database = store.data_dir / "store.db"
    database.write_bytes(b"not a database at all" * 500)
    before = database.read_bytes()

    served = jitstore("serve", "--data", str(store.data_dir))

    assert served.returncode == 74
    assert "damaged" in served.stderr
    assert database.read_bytes() == before


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    import sqlcipher3

    store = made_store(tmp_path)
    connection = sqlcipher3.dbapi2.connect(str(store.data_dir / "store.db"))
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()

    served = jitstore("serve", "--data", str(store.data_dir))

    assert served.returncode == 78
    assert "newer" in served.stderr


def test_the_store_survives_sigkill_in_the_middle_of_everything(own_store: StoreHandle) -> None:
    device = enrolled(own_store, "survivor")

    own_store.restart()

    with wire(own_store) as http:
        assert http.get(paths.SERVER).is_success
    assert device.sign_in().status_code == 201
