"""The bundle is the whole program: its processes start, its window opens, its commands work."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jitclient.carriedjobs import Lot
from jitclient.carrier import READY
from jitclient.demo.stage import Stage
from jitclient.demo.story import CAST
from jitclient.foundation.programs import CARRIER, VIEWER
from jitclient.training.cast import GUESTS
from jitclient.training.house import PLACE, TRAINEE
from jitclient.training.views import PROFILES, SESSION
from jitclient.viewing import viewer
from jitclient.viewing.viewer import Viewer
from jitclient.viewing.wire import Kind, Walls
from protocol import codec
from tests.architecture.tree import ROOT
from tests.bundle.seen import all_ended, display, first_window, running
from tests.support.commands import STATED
from tests.viewing.samples import encoded, pdf, picture

BUNDLE: Final = Path(os.environ.get("JIT_BUNDLE", ROOT / "build/dist/jitclient"))
PROGRAM: Final = BUNDLE / "jitclient"
_SECONDS: Final = 120
_TRAINING_SECONDS: Final = 400

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAM.exists(), reason="no bundle here; `make bundle` makes one"),
]


def _bundle(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the bundle with nothing of this environment but what is given."""
    return subprocess.run(
        [PROGRAM, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        cwd="/",
        env={"PATH": os.environ["PATH"], **env},
        check=False,
    )


def test_it_says_its_version_and_knows_every_command() -> None:
    said, helped = _bundle("--version"), _bundle("--help")

    assert (said.returncode, said.stdout.split()[0]) == (0, "jitclient")
    assert "evidence" in helped.stdout


def test_it_is_no_interpreter_for_others() -> None:
    done = _bundle("-m", "json.tool")

    assert done.returncode == 2
    assert done.stdout == ""


def test_a_training_opens_with_its_own_store_and_leaves_nothing(tmp_path: Path) -> None:
    """Window, director and store are processes of the bundle; the case is made before the title."""
    place = tmp_path / "training"
    with display() as screen:
        process = subprocess.Popen(
            [PROGRAM, "training"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "DISPLAY": screen,
                PLACE: str(place),
            },
            stderr=subprocess.PIPE,
            cwd="/",
        )
        try:
            assert first_window(r"^JIT Client \(training\)$", screen, _TRAINING_SECONDS)
            made = sorted(one.name for one in (place / SESSION / PROFILES).iterdir())
            at_work = running(PROGRAM)
        finally:
            process.terminate()
            _, said = process.communicate(timeout=_SECONDS)

        assert all_ended(lambda: running(PROGRAM), _TRAINING_SECONDS)
    assert TRAINEE in made
    assert len(made) == len(GUESTS)
    assert len(at_work) == 3
    assert not (place / SESSION).exists()
    assert b"Traceback" not in said


@pytest.mark.skipif(not viewer.possible(), reason="no filter of system calls here")
@pytest.mark.parametrize(
    ("exhibit", "kind"), [(encoded(picture(), "PNG"), Kind.PNG), (pdf(), Kind.PDF)]
)
def test_the_safe_viewer_stands_behind_the_same_walls(exhibit: bytes, kind: Kind) -> None:
    bundled = _shown(exhibit, (str(PROGRAM), "-m", VIEWER))

    assert bundled == _shown(exhibit, viewer.COMMAND)
    assert bundled[1] is kind


def _shown(exhibit: bytes, words: tuple[str, ...]) -> tuple[Walls, Kind, bytes]:
    """The walls, the kind and the first page."""
    one = Viewer(len(exhibit), lambda a, b: exhibit[a:b], command=words, patience=60)
    try:
        kind = one.open().kind
        return one.walls, kind, one.page(0, 200, 200).points
    finally:
        one.close()


def test_the_carrier_starts_and_ends(tmp_path: Path) -> None:
    lot = Lot(
        version=1,
        profile=os.fsencode(tmp_path),
        store="127.0.0.1:9",
        certificate=bytes(32),
        token="",
        jobs=(),
        fetches=(),
    )

    done = subprocess.run(
        [PROGRAM, "-m", CARRIER],
        input=codec.encode(lot),
        capture_output=True,
        timeout=_SECONDS,
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, READY)


def test_the_first_window_of_an_empty_profile_is_mapped(tmp_path: Path) -> None:
    with display() as screen:
        process = subprocess.Popen(
            [PROGRAM, "--profile", tmp_path / "profile"],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DISPLAY": screen},
            stderr=subprocess.PIPE,
            cwd="/",
        )
        try:
            assert first_window("^JIT Client$", screen)
        finally:
            process.terminate()
            _, said = process.communicate(timeout=_SECONDS)

    assert b"Traceback" not in said


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The demonstration's store, made by the jitstore of this checkout."""
    made = Stage(tmp_path / "stage")
    made.clear()
    made.start_store([guest for guest, _ in CAST.values()])
    yield made
    made.stop()


def test_the_main_job_of_the_demonstration_by_its_commands(stage: Stage, tmp_path: Path) -> None:
    def person(who: str, *words: str | Path) -> dict[str, Any]:
        options = ("--profile", stage.profile(who), "--passphrase-file", stage.passphrase_file)
        done = _bundle(*options, *words, "--json", HOME=str(tmp_path))
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return dict(json.loads(done.stdout))

    exhibit = tmp_path / "disk.img"
    exhibit.write_bytes(os.urandom(3_000_000))
    assert stage.store is not None
    for who, invitation in zip(CAST, stage.store.invitations, strict=True):
        if who != "eva":
            person(who, "enrol", invitation)
    agreement = ("--agreement", "JIT 2026/17", "--signed-on", "2026-05-04", "--title", "Albatross")
    space = str(person("ana", "space", "create", *agreement)["space"])
    person("ana", "space", "add", space, "Bruno Keller")
    person("ana", "msg", "send", space, "Hamburg is ready.")
    person("ana", "evidence", "add", space, exhibit, "--to", "Keller", *STATED)
    for who in ("ana", "bruno", "ana", "bruno"):
        person(who, "sync")

    said = person("bruno", "msg", "list", space)["messages"]
    listed = person("bruno", "evidence", "list", space)["exhibits"]
    person("bruno", "evidence", "get", space, listed[0]["id"], "--out", tmp_path / "copy.img")

    assert "Hamburg is ready." in [one["text"] for one in said]
    assert [one["state"] for one in listed] == ["verified"]
    assert (tmp_path / "copy.img").read_bytes() == exhibit.read_bytes()


def test_what_is_inside_is_listed_with_the_hash_of_every_library() -> None:
    listed = json.loads((BUNDLE / "sbom.cdx.json").read_text("utf-8"))
    names = {one["name"].lower() for one in listed["components"]}
    hashed = {
        (file["name"], file["hashes"][0]["content"])
        for one in listed["components"]
        for file in one.get("components", ())
    }
    libraries = [path for path in BUNDLE.rglob("*.so*") if "lib-dynload" not in path.parts]
    strays = [
        path.name
        for path in libraries
        if (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) not in hashed
    ]

    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    assert strays == []
    assert {"cpython", "qt", "sqlcipher", "openssl", "pynacl", "httpx", "libpq"} <= names
    refs = [one["bom-ref"] for one in listed["components"]]
    assert len(refs) == len(set(refs))
    assert listed["dependencies"][0]["dependsOn"] == refs


def test_every_declared_dependency_is_in_the_bundle_and_no_tool_that_made_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = json.loads((BUNDLE / "sbom.cdx.json").read_text("utf-8"))
    names = {canonicalize_name(one["name"]) for one in listed["components"]}
    wanted = [*project["dependencies"], *project["optional-dependencies"]["store"]]
    declared = {canonicalize_name(Requirement(one).name) for one in wanted}

    assert declared <= names
    assert not names & {"pyinstaller", "pytest", "uvicorn", "watchfiles", "hatchling"}


def test_the_licence_of_everything_inside_stands_beside_it() -> None:
    listed = json.loads((BUNDLE / "sbom.cdx.json").read_text("utf-8"))["components"]
    names, _, texts = (BUNDLE / "NOTICES.txt").read_text("utf-8").partition("\n\nQt, ")

    assert {f"{one['name']} {one['version']}" for one in listed} <= {
        line.split(" — ")[0] for line in names.splitlines()
    }
    for words in ("GNU LESSER GENERAL PUBLIC LICENSE", "SIL OPEN FONT LICENSE", "ISC License"):
        assert words in texts


def test_nothing_inside_points_to_what_was_left_out() -> None:
    broken = [path.name for path in BUNDLE.rglob("*") if path.is_symlink() and not path.exists()]

    assert broken == []
