"""Root is turned away from somebody else's instance: its files would be closed to the portal."""

import os
import pwd
from pathlib import Path

import pytest

import config
from configuring.ownership import ROOT, owner_behind_root

NOBODY_S = 54_321


@pytest.fixture
def of_somebody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder is an ordinary user's, and whoever runs the test is root; give the user's name."""
    if os.geteuid() == ROOT:
        somebody = pwd.getpwnam("nobody")
        os.chown(tmp_path, somebody.pw_uid, somebody.pw_gid)
        return somebody.pw_name
    monkeypatch.setattr(os, "geteuid", lambda: ROOT)
    return pwd.getpwuid(os.getuid()).pw_name


def load(instance: Path) -> config.Settings:
    """Read the settings, as each command does before it writes anything."""
    return config.load({"PORTAIL_INSTANCE": str(instance)})


def test_root_uses_nobody_else_s_instance(tmp_path: Path, of_somebody: str) -> None:
    """One sentence says whose it is and under whose name to launch; nothing was written."""
    with pytest.raises(config.ConfigurationError) as refused:
        load(tmp_path)
    assert f"{tmp_path} est à {of_somebody}" in str(refused.value)
    assert f"runuser -u {of_somebody} --" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_its_owner_does(tmp_path: Path, of_somebody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = pwd.getpwnam(of_somebody).pw_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner)
    assert load(tmp_path).instance == tmp_path


def test_root_makes_a_new_one(tmp_path: Path, of_somebody: str) -> None:
    """What is not there yet is nobody's."""
    assert of_somebody
    assert load(tmp_path / "new").instance == tmp_path / "new"


def test_a_database_of_somebody_else_counts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is root's, as a volume may be; the file in it is the portal's."""
    (tmp_path / "portail.db").touch()
    owners = {tmp_path: ROOT, tmp_path / "portail.db": NOBODY_S}
    real = Path.stat

    def stat(path: Path, **options: bool) -> os.stat_result:
        told = list(real(path, **options))
        told[4] = owners.get(path, told[4])
        return os.stat_result(told)

    monkeypatch.setattr(os, "geteuid", lambda: ROOT)
    monkeypatch.setattr(Path, "stat", stat)
    # A container has numbers that no name goes with.
    assert owner_behind_root(tmp_path) == f"#{NOBODY_S}"
    owners[tmp_path / "portail.db"] = ROOT
    assert owner_behind_root(tmp_path) == ""
