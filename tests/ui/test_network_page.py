"""The page says what holds, who set it and where it is changed, and shows no password."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from jitclient.foundation import policy
from ui.memory import Memory
from ui.settings.network import NAMES, network
from ui.settings.switches import Switches


def _page(folder: Path | None, qapp: QApplication) -> str:
    assert qapp is not None
    of = type("Of", (), {"memory": Memory(folder)})
    page: QWidget = network(cast("Switches", of))
    said = "\n".join(one.text() for one in page.findChildren(QLabel))
    page.deleteLater()
    return said


def test_every_setting_has_its_name_on_the_page(qapp: QApplication, tmp_path: Path) -> None:
    assert set(NAMES) == set(policy.KEYS)
    assert [one for one in NAMES.values() if one not in _page(tmp_path, qapp)] == []


def test_what_was_set_is_shown_with_who_did_and_without_its_password(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = tmp_path / "policy.toml"
    machine.write_text('tray = "on"\nlocked = ["tray"]\n')
    monkeypatch.setattr(policy, "policy_file", lambda: machine)
    (tmp_path / "settings.toml").write_text('proxy = "http://ana:canary@proxy.example:1"\n')

    said = _page(tmp_path, qapp)

    assert "http://…@proxy.example:1" in said
    assert "canary" not in said
    assert "Set in this profile." in said
    assert "Set and locked for everybody on this machine." in said
    assert str(tmp_path / "settings.toml") in said


def test_settings_that_cannot_be_meant_are_said(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("proxi = 1\n")

    assert "proxi" in _page(tmp_path, qapp)
