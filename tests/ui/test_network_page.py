"""The way to the store, changed on its page: checked, undone, locked by the machine, tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from jitclient import networking
from jitclient.foundation import policy
from jitclient.networkviews import Look
from protocol.errors import ConfigurationError
from sync import network as way
from tests.ui.desk_double import DeskDouble
from tests.ui.waiting import until
from ui.memory import Memory
from ui.settings.network import NAMES, DesktopPart, network
from ui.settings.proxy import completed, wrong
from ui.settings.switches import Switches
from ui.settings.way import AuthorityPart, ProxyPart, TryPart, result
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")


class _Page:
    """The page of a profile, over a desk that sets what is chosen."""

    def __init__(self, folder: Path | None, failures: list[Exception]) -> None:
        self.desk = DeskDouble()
        self.tasks = TaskScope(failures.append)
        of = type("Of", (), {"memory": Memory(folder), "desk": self.desk, "tasks": self.tasks})
        self.widget: QWidget = network(cast("Switches", of))

    async def idle(self) -> None:
        await until(lambda: self.tasks.idle)

    @property
    def proxy(self) -> ProxyPart:
        return self.widget.findChildren(ProxyPart)[0]

    @property
    def authority(self) -> AuthorityPart:
        return self.widget.findChildren(AuthorityPart)[0]

    @property
    def said(self) -> str:
        labels = [one.text() for one in self.widget.findChildren(QLabel)]
        typed = self.widget.findChildren(QLineEdit)
        return "\n".join([*labels, *(one.text() + one.placeholderText() for one in typed)])


@pytest.fixture(name="plain", autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qapp: QApplication) -> Iterator[None]:
    assert qapp is not None
    monkeypatch.setattr(policy, "policy_file", lambda: tmp_path / "policy.toml")
    monkeypatch.delenv("JIT_PROXY", raising=False)
    monkeypatch.delenv("JIT_CA_FILE", raising=False)
    yield
    way.use(proxy=way.SYSTEM, authorities="")


async def test_every_setting_has_its_name_on_the_page(
    tmp_path: Path, failures: list[Exception]
) -> None:
    page = _Page(tmp_path, failures)
    await page.idle()

    assert set(NAMES) == set(policy.KEYS)
    assert [one for one in NAMES.values() if one not in page.said] == []
    page.widget.deleteLater()


async def test_a_password_is_not_shown_and_what_the_machine_locks_says_so(
    tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "policy.toml").write_text(
        'locked = ["proxy", "ca_file"]\nproxy = "http://a:canary@p.example:1"\n'
    )
    page = _Page(tmp_path, failures)
    await page.idle()

    assert "http://…@p.example:1" in page.said
    assert "canary" not in page.said
    assert page.said.count("Set and locked for everybody on this machine.") == 2
    assert not page.proxy.choice.isEnabled()
    assert not page.proxy.field.isEnabled()
    assert page.proxy.use.isHidden()
    assert page.authority.choose.isHidden()
    page.widget.deleteLater()


async def test_notices_and_the_rest_of_the_desktop_are_switched_here(
    tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "policy.toml").write_text('locked = ["screenshots"]\nscreenshots = "protected"\n')
    page = _Page(tmp_path, failures)
    await page.idle()
    parts = page.widget.findChildren(DesktopPart)
    notices, pictures, *_ = (one.choice for one in parts)

    assert not pictures.isEnabled()
    notices.setCurrentIndex(notices.findData("off"))
    notices.activated.emit(notices.currentIndex())
    await page.idle()

    assert page.desk.network.chosen == [("notifications", "off")]
    assert "From the next start on." in page.said
    page.desk.network.refuses = ConfigurationError("The machine decides.")
    notices.setCurrentIndex(notices.findData("on"))
    notices.activated.emit(notices.currentIndex())
    await page.idle()
    assert notices.currentData() == "off"
    assert "The machine decides." in page.said
    page.widget.deleteLater()


async def test_what_is_switched_stands_in_the_file_and_nothing_else_changes(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# mine\nproxy = "none"\ntray = "off"\n')

    networking.choose(tmp_path, "tray", "on")

    assert file.read_text() == '# mine\nproxy = "none"\ntray = "on"\n'
    assert policy.settings(tmp_path)["tray"].value == "on"
    (tmp_path / "policy.toml").write_text('locked = ["tray"]\n')
    with pytest.raises(ConfigurationError):
        networking.choose(tmp_path, "tray", "off")
    with pytest.raises(ConfigurationError):
        networking.choose(tmp_path, "notifications", "perhaps")


async def test_settings_that_cannot_be_meant_are_said(
    tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "settings.toml").write_text("proxi = 1\n")

    assert "proxi" in _Page(tmp_path, failures).said


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Type the address"),
        ("https://proxy.example:3128", "http://"),
        ("socks5://proxy.example:1080", "http://"),
        ("proxy example:3128", "no space"),
        ("proxy.example", "port of the proxy is missing"),
        ("[2001:db8::1]", "port of the proxy is missing"),
        ("proxy.example:0", "1 to 65535"),
        ("proxy.example:65536", "1 to 65535"),
        ("proxy.example:http", "1 to 65535"),
        ("proxy.example:3128/path", "after the port"),
        (":3128", "no name"),
        ("ana@proxy.example:3128", "before the @"),
        ("http://a:b@c:d@proxy.example:3128", "before the @"),
    ],
)
async def test_each_wrong_address_has_its_own_sentence(typed: str, told: str) -> None:
    assert told in wrong(typed)


@pytest.mark.parametrize(
    "typed", ["proxy.example:3128", " http://10.0.0.1:80/ ", "ana:pw@p.example:1", "[::1]:8080"]
)
async def test_what_the_page_takes_the_connection_takes_as_well(typed: str) -> None:
    assert wrong(typed) == ""
    assert way.read_proxy(completed(typed)).port > 0


async def test_an_address_is_used_when_it_is_right_and_the_change_can_be_undone(
    tmp_path: Path, failures: list[Exception]
) -> None:
    page = _Page(tmp_path, failures)
    part, done = page.proxy, page.desk.network.proxies
    part.choice.setCurrentIndex(2)
    part.choice.activated.emit(2)
    part.field.edit.setText("proxy.example")
    part.use.click()
    await page.idle()
    assert done == []
    assert "port" in part.field.below.text()

    part.field.edit.setText("proxy.example:3128")
    part.use.click()
    await page.idle()
    assert done == ["http://proxy.example:3128"]
    assert not part.undo.isHidden()

    part.undo.click()
    await page.idle()
    assert done == ["http://proxy.example:3128", None]
    assert part.undo.isHidden()
    page.widget.deleteLater()


async def test_a_refusal_is_said_and_the_choice_goes_back(
    tmp_path: Path, failures: list[Exception]
) -> None:
    page = _Page(tmp_path, failures)
    await page.idle()
    page.desk.network.refuses = ConfigurationError("This is set and locked elsewhere.")

    page.proxy.choice.setCurrentIndex(1)
    page.proxy.choice.activated.emit(1)
    await page.idle()
    await page.authority.demand(tmp_path / "root.pem")

    assert "locked elsewhere" in page.proxy.says.text()
    assert page.proxy.choice.currentData() == "system"
    assert "locked elsewhere" in page.authority.says.text()
    page.widget.deleteLater()


async def test_a_demanded_authority_is_named_and_can_be_given_up(
    tmp_path: Path, failures: list[Exception]
) -> None:
    page = _Page(tmp_path, failures)
    await page.idle()
    assert page.authority.remove.isHidden()

    await page.authority.demand(tmp_path / "root.pem")
    assert "Office root (example), until" in page.authority.held.text()

    page.authority.remove.click()
    await page.idle()
    assert page.desk.network.files == [tmp_path / "root.pem", None]
    assert "Not demanded" in page.authority.held.text()
    page.widget.deleteLater()


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (Look(address="s:1"), "answers, without a proxy"),
        (Look(address="s:1", proxy="p:2"), "answers, through the proxy p:2"),
        (Look(address="s:1", stopped="name", problem="unknown"), "leads nowhere"),
        (Look(address="s:1", proxy="p:2", stopped="line", problem="407"), "through the proxy p:2"),
        (Look(address="s:1", stopped="tls", problem="broken"), "not reached: broken"),
        (Look(address="s:1", stopped="identity", problem="Another server."), "Another server."),
        (Look(address="s:1", ahead=-4000), "differ by 4000 s"),
    ],
)
async def test_a_try_of_the_connection_says_how_far_it_came(
    seen: Look, told: str, tmp_path: Path, failures: list[Exception]
) -> None:
    page = _Page(tmp_path, failures)
    page.desk.network.seen = seen
    part = page.widget.findChildren(TryPart)[0]

    part.go.click()
    await page.idle()

    assert told in result(seen)
    assert part.says.text() == result(seen)
    assert part.go.isEnabled()
    page.widget.deleteLater()


async def test_what_is_chosen_holds_at_once_and_leaves_the_other_lines_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / "settings.toml").write_text('# mine\ntray = "on"\nproxy = "none"\n')

    networking.choose_proxy(tmp_path, "http://p.example:1")
    assert way.proxy_for("store.example", 1) == way.Proxy("p.example", 1)
    networking.choose_proxy(tmp_path, None)

    assert (tmp_path / "settings.toml").read_text() == '# mine\ntray = "on"\n'
    (tmp_path / "policy.toml").write_text('locked = ["proxy"]\n')
    with pytest.raises(ConfigurationError):
        networking.choose_proxy(tmp_path, "none")
    assert "proxy" not in (tmp_path / "settings.toml").read_text()
