"""The style sheet, written from the tokens."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from ui.theme import tokens
from ui.theme.density import Density
from ui.theme.fonts import px
from ui.theme.tokens import Palette


def build(p: Palette, d: Density) -> str:
    """The whole sheet for one palette and one density."""
    return "\n".join(
        (
            _base(p, d),
            _text(p),
            _buttons(p),
            _small(p),
            _rows(p),
            _fields(p),
            _views(p, d),
            _panels(p),
            _bars(p),
        )
    )


def _base(p: Palette, d: Density) -> str:
    return f"""
QMainWindow, QDialog {{ background: {p.window}; }}
QDialog {{ border: {1 if p.edge else 0}px solid {p.edge or p.window}; }}
QToolTip {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.border};
  padding: 6px 8px; font-size: {px(tokens.DENSE)}px; }}
QMenu {{ background: {p.raised}; border: 1px solid {p.hairline}; padding: 6px; }}
QMenu::item {{ padding: {d.item}px 27px {d.item}px 11px; border-radius: 4px;
  border: 1px solid transparent; }}
QMenu::item:selected {{ background: {p.selection}; color: {p.text}; border-color: {_edge(p)}; }}
QMenu::item:disabled {{ color: {p.muted}; }}
QMenu::separator {{ height: 1px; background: {p.hairline}; margin: 6px 4px; }}
QSplitter::handle {{ background: {p.hairline}; }}
QSplitter::handle:hover {{ background: {p.border}; }}
"""


def _edge(p: Palette) -> str:
    """The line around a ground that says something; in the usual schemes the ground suffices."""
    return p.edge or "transparent"


def _dead(p: Palette) -> str:
    """How the border of what cannot be used is drawn; in high contrast pale is no way to say so."""
    return "dashed" if p.edge else "solid"


def _text(p: Palette) -> str:
    sizes = {
        "wall": (tokens.WALL, 600, p.text),
        "page": (tokens.PAGE, 600, p.text),
        "title": (tokens.TITLE, 600, p.text),
        "lead": (tokens.LEAD, 500, p.text),
        "strong": (tokens.BODY, 600, p.text),
        "body": (tokens.BODY, 400, p.text),
        "secondary": (tokens.BODY, 400, p.secondary),
        "dense": (tokens.DENSE, 400, p.secondary),
        "densestrong": (tokens.DENSE, 600, p.text),
        "label": (tokens.DENSE, 500, p.secondary),
        "caption": (tokens.CAPTION, 400, p.muted),
        "overline": (tokens.CAPTION, 600, p.muted),
        "danger": (tokens.DENSE, 500, p.danger),
        "ok": (tokens.DENSE, 500, p.ok),
    }
    sizes |= {f"tone-{tone.value}": (tokens.CAPTION, 500, p.tone(tone)[0]) for tone in tokens.Tone}
    rules = [
        f'QLabel[look="{name}"] {{ font-size: {px(size)}px; font-weight: {weight};'
        f" color: {colour}; background: transparent; }}"
        for name, (size, weight, colour) in sizes.items()
    ]
    rules.append(f'QLabel[look="mono"] {{ color: {p.text}; }}')
    rules.append(
        f"QLabel {{ selection-background-color: {p.accent};"
        f" selection-color: {p.on_accent}; background: transparent; }}"
    )
    return "\n".join(rules)


def _buttons(p: Palette) -> str:
    return f"""
QPushButton {{ min-height: {px(30)}px; padding: 0 14px; border-radius: {tokens.RADIUS_CONTROL}px;
  border: 1px solid {p.border}; background: {p.surface}; color: {p.text}; font-weight: 500;
  outline: none; }}
QPushButton:hover {{ background: {p.hover}; }}
QPushButton:pressed {{ background: {p.selection}; }}
QPushButton:disabled {{ color: {p.muted}; border: 1px {_dead(p)} {p.hairline};
  background: transparent; }}
QPushButton[kind="primary"] {{ background: {p.accent}; color: {p.on_accent};
  border-color: {p.accent}; font-weight: 600; padding: 0 18px; }}
QPushButton[kind="primary"]:hover {{ background: {p.accent_hover};
  border-color: {p.accent_hover}; }}
QPushButton[kind="primary"]:pressed {{ background: {p.accent_press};
  border-color: {p.accent_press}; }}
QPushButton[kind="primary"]:disabled, QPushButton[kind="danger"]:disabled {{
  background: {p.hover}; border-color: {p.edge or p.hover}; color: {p.muted}; }}
QPushButton[kind="danger"] {{ background: {p.danger_fill}; color: {p.on_danger};
  border-color: {p.danger_fill}; font-weight: 600; padding: 0 18px; }}
QPushButton[kind="danger"]:hover {{ background: {p.danger_hover};
  border-color: {p.danger_hover}; }}
QPushButton[kind="danger"]:pressed {{ background: {p.danger_press};
  border-color: {p.danger_press}; }}
QPushButton[kind="quiet"] {{ border-color: transparent; background: transparent;
  color: {p.accent}; padding: 0 10px; }}
QPushButton[kind="quiet"]:hover {{ background: {p.hover}; border-color: {_edge(p)}; }}
QPushButton[kind="quiet"]:pressed {{ background: {p.selection}; border-color: {_edge(p)}; }}
QPushButton[kind="quiet"]:disabled {{ color: {p.muted}; border-color: {_edge(p)}; }}
QPushButton[kind="strip"] {{ border-color: transparent; background: transparent;
  min-height: {px(22)}px; color: {p.warn}; padding: 0 4px;
  font-size: {px(tokens.CAPTION)}px; font-weight: 600; }}
QPushButton[kind="strip"]:hover {{ background: {p.hover}; border-color: {_edge(p)}; }}
QPushButton[kind="strip"]:pressed {{ background: {p.selection}; border-color: {_edge(p)}; }}
QPushButton[kind="strip"]:disabled {{ color: {p.muted}; }}
"""


def _small(p: Palette) -> str:
    return f"""
QToolButton {{ border: 1px solid transparent; border-radius: {tokens.RADIUS_CONTROL}px;
  background: transparent; padding: 5px; outline: none; }}
QToolButton:hover {{ background: {p.hover}; border-color: {_edge(p)}; }}
QToolButton:pressed, QToolButton:checked {{ background: {p.selection}; border-color: {_edge(p)}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QCheckBox {{ spacing: 10px; outline: none; min-height: {px(26)}px; background: transparent; }}
QCheckBox:disabled {{ color: {p.muted}; }}
QCheckBox::indicator, QTreeView::indicator {{ width: {px(18)}px; height: {px(18)}px;
  border: 1px solid {p.border}; border-radius: 4px; background: {p.surface}; }}
QCheckBox::indicator:checked, QTreeView::indicator:checked {{ background: {p.accent};
  border-color: {p.accent}; image: url("{_check(p, p.on_accent)}"); }}
QTreeView::indicator:indeterminate {{ image: url("{_some(p)}"); }}
QCheckBox::indicator:disabled {{ border: 1px {_dead(p)} {p.hairline}; background: {p.window}; }}
QCheckBox::indicator:checked:disabled {{ image: url("{_check(p, p.muted)}"); }}
"""


def _rows(p: Palette) -> str:
    """Buttons as wide as their column."""
    return f"""
QPushButton[kind="nav"], QPushButton[kind="row"] {{ border-color: transparent;
  background: transparent; text-align: left; padding: 0 10px; }}
QPushButton[kind="nav"]:hover, QPushButton[kind="row"]:hover {{ background: {p.hover};
  border-color: {_edge(p)}; }}
QPushButton[kind="nav"]:checked {{ background: {p.selection}; border-color: {_edge(p)};
  font-weight: 600; }}
"""


def _fields(p: Palette) -> str:
    fields = "QLineEdit, QPlainTextEdit, QSpinBox, QDateEdit, QComboBox"
    focus = ", ".join(f"{name}:focus" for name in fields.split(", "))
    dead = ", ".join(f"{name}:disabled" for name in fields.split(", "))
    return f"""
{fields} {{ background: {p.surface}; color: {p.text}; border: 1px solid {p.border};
  border-radius: {tokens.RADIUS_CONTROL}px; padding: 0 10px;
  placeholder-text-color: {p.muted};
  selection-background-color: {p.accent}; selection-color: {p.on_accent}; }}
QLineEdit, QSpinBox, QDateEdit, QComboBox {{ min-height: {px(32)}px; }}
QPlainTextEdit {{ padding: 6px 8px; }}
{focus} {{ border-color: {p.ring}; }}
{dead} {{ border: 1px {_dead(p)} {p.hairline}; color: {p.muted}; background: {p.window}; }}
QLineEdit[state="wrong"] {{ border-color: {p.danger}; }}
QLineEdit[kind="large"] {{ min-height: {px(38)}px; font-size: {px(tokens.LEAD)}px; }}
QPlainTextEdit[kind="bare"] {{ border: none; background: transparent; padding: 4px; }}
QSpinBox::up-button, QSpinBox::down-button, QDateEdit::up-button, QDateEdit::down-button {{
  border: none; width: 24px; background: transparent; }}
QSpinBox::up-arrow, QDateEdit::up-arrow {{ image: url("{_arrow(p, "up")}");
  width: 12px; height: 12px; }}
QSpinBox::down-arrow, QDateEdit::down-arrow {{ image: url("{_arrow(p, "down")}");
  width: 12px; height: 12px; }}
QSpinBox QLineEdit, QDateEdit QLineEdit {{ border: none; background: transparent;
  padding: 0 8px; min-height: 0; }}
QComboBox::drop-down {{ border: none; width: 28px; }}
QComboBox::down-arrow {{ image: url("{_arrow(p, "down")}"); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{ background: {p.raised}; border: 1px solid {p.hairline};
  padding: 4px; outline: none; selection-background-color: {p.selection};
  selection-color: {p.text}; }}
"""


def _views(p: Palette, d: Density) -> str:
    return f"""
QScrollArea, QWidget#scrollBody {{ border: none; background: transparent; }}
QTableView, QListView, QTreeView {{ background: {p.surface}; border: none; outline: none;
  alternate-background-color: {p.surface}; gridline-color: {p.hairline};
  selection-background-color: {p.selection}; selection-color: {p.text}; }}
QTreeView::item {{ min-height: {px(26)}px; padding: 2px 4px; }}
QTableView[kind="lined"]::item {{ padding: 0 9px; border-bottom: 1px solid {p.hairline}; }}
QTableView[kind="lined"]::item:selected {{ background: {p.selection}; color: {p.text};
  border-bottom-color: {p.edge or p.hairline}; }}
QListView[kind="boxed"] {{ border: 1px solid {p.border};
  border-radius: {tokens.RADIUS_CONTROL}px; padding: 1px; }}
QListView[kind="sidebar"], QListView[kind="pages"] {{ background: transparent; }}
QListView[kind="pages"]::item {{ padding: 0 10px; border-radius: 6px; }}
QListView[kind="pages"]::item:selected {{ background: {p.selection}; color: {p.text}; }}
QListView[kind="help"] {{ background: transparent; }}
QListView[kind="help"]::item {{ padding: 6px 8px; }}
QHeaderView {{ background: {p.surface}; border: none; }}
QHeaderView::section {{ background: {p.surface}; color: {p.muted}; border: none;
  border-bottom: 1px solid {p.hairline}; padding: {d.head}px 12px; font-weight: 600;
  font-size: {px(tokens.CAPTION)}px; }}
QScrollBar:vertical {{ width: 12px; background: transparent; margin: 0; }}
QScrollBar:horizontal {{ height: 12px; background: transparent; margin: 0; }}
QScrollBar::handle {{ background: {p.border}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {p.secondary}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _panels(p: Palette) -> str:
    return f"""
QFrame[panel="card"] {{ background: {p.surface}; border: 1px solid {p.hairline};
  border-radius: {tokens.RADIUS_CARD}px; }}
QFrame[panel="surface"] {{ background: {p.surface}; border: none; }}
QFrame[panel="window"] {{ background: {p.window}; border: none; }}
QFrame[panel="sidebar"] {{ background: {p.sidebar}; border: none;
  border-right: 1px solid {p.hairline}; }}
QFrame[panel="header"] {{ background: {p.surface}; border: none;
  border-bottom: 1px solid {p.hairline}; }}
QFrame[panel="footer"] {{ background: {p.surface}; border: none;
  border-top: 1px solid {p.hairline}; }}
QFrame[panel="inspector"] {{ background: {p.surface}; border: none; }}
QFrame[panel="composer"] {{ background: {p.surface}; border: 1px solid {p.border};
  border-radius: {tokens.RADIUS_CARD}px; }}
QFrame[panel="composer"][live="true"] {{ border-color: {p.ring}; }}
QFrame[panel="line"] {{ background: {p.hairline}; border: none; max-height: 1px;
  min-height: 1px; }}
"""


def _bars(p: Palette) -> str:
    return f"""
QProgressBar {{ border: none; border-radius: 3px; background: {p.hairline}; }}
QProgressBar::chunk {{ border-radius: 3px; background: {p.accent}; }}
QTabBar {{ background: transparent; border: none; }}
QTabBar::tab {{ background: transparent; color: {p.secondary}; border: none;
  border-bottom: 2px solid transparent; padding: 9px 4px 9px 4px; margin-right: 24px;
  font-weight: 500; }}
QTabBar::tab:hover {{ color: {p.text}; border-bottom-color: {p.border}; }}
QTabBar::tab:selected {{ color: {p.accent}; border-bottom-color: {p.accent}; }}
QTabBar::tab:disabled {{ color: {p.border}; }}
"""


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="jitclient-marks-")


def leave_no_marks() -> None:
    """Remove the folder of drawings: a process that is replaced does not do so by itself."""
    if _folder.cache_info().currsize:
        _folder().cleanup()
        _folder.cache_clear()


def _scratch() -> Path:
    return Path(_folder().name)


def _arrow(p: Palette, way: str) -> str:
    return _drawn(
        f"chevron-{way}-{p.name}", p.secondary, "M4 10l4-4 4 4" if way == "up" else "M4 6l4 4 4-4"
    )


def _check(p: Palette, ink: str) -> str:
    return _drawn(f"check-{p.name}-{ink[1:]}", ink, "M3.5 8.5l3 3 6-7")


def _some(p: Palette) -> str:
    return _drawn(f"some-{p.name}", p.accent, "M4 8h8")


def _drawn(name: str, colour: str, line: str) -> str:
    """A tiny mark, as a file: style sheets take images from files only.

    It is written once, into a private folder that dies with the process.
    """
    file = _scratch() / f"{name}.svg"
    if not file.exists():
        file.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" '
            f'stroke="{colour}" stroke-width="1.8" stroke-linecap="round" '
            f'stroke-linejoin="round"><path d="{line}"/></svg>',
            encoding="utf-8",
        )
    return file.as_posix()
