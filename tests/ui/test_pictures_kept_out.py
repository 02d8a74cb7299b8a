"""Windows are kept out of pictures by the call that the system documents, and only where set.

The systems that can do it are stood in for: this is about which call is made and for which windows,
not about whether Windows and macOS keep their word.
"""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from ui.reaching import pictures


class _Affinity:
    """Stands in for SetWindowDisplayAffinity."""

    def __init__(self, answer: int) -> None:
        self.calls: list[tuple[int, int]] = []
        self._answer = answer

    def __call__(self, window: int, how: int) -> int:
        self.calls.append((window, how))
        return self._answer


@pytest.mark.parametrize(("answer", "done"), [(1, True), (0, False)])
def test_windows_is_asked_to_exclude_the_window(
    answer: int, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    affinity = _Affinity(answer)
    user32 = type("User32", (), {"SetWindowDisplayAffinity": affinity})
    monkeypatch.setattr(pictures, "_user32", lambda: user32)

    assert pictures.keep_out(77, "win32") is done
    assert affinity.calls == [(77, 0x11)]


class _Objc:
    """Stands in for the Objective-C runtime."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []
        outer = self

        class Named:
            restype: Any = None
            argtypes: Any = None

            def __call__(self, name: bytes) -> bytes:
                return name

        class Send:
            restype: Any = None
            argtypes: Any = None

            def __call__(self, *words: Any) -> int:
                outer.sent.append(words)
                return 4711

        self.sel_registerName, self.objc_msgSend = Named(), Send()


def test_macos_is_asked_to_share_nothing_of_the_window_of_the_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    objc = _Objc()
    monkeypatch.setattr(pictures, "_objc", lambda: objc)

    assert pictures.keep_out(77, "darwin")
    assert objc.sent == [(77, b"window"), (4711, b"setSharingType:", 0)]


def test_linux_is_not_said_to_do_what_it_cannot() -> None:
    assert not pictures.keep_out(77, "linux")


def test_every_window_that_opens_is_kept_out_and_nothing_within_them(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []
    monkeypatch.setattr(pictures, "keep_out", kept.append)
    guard = pictures.KeptOut(qapp)
    window, dialog = QWidget(), QDialog()
    label = QLabel("text", window)

    window.show()
    dialog.show()
    label.hide()
    label.show()
    qapp.removeEventFilter(guard)

    assert kept == [int(window.winId()), int(dialog.winId())]
    for one in (window, dialog):
        one.close()
        one.deleteLater()
