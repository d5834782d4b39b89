"""Certificates: who they are for, how long they last, and what is issued again."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from onestack.errors import PlaneNotPermitted
from onestack.local.plane import certificates, files
from onestack.local.plane.certificates import AUTHORITIES, REQUESTS, Pki, ensure

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    made = Pki(tmp_path / "pki")
    ensure(made, NOW)
    return made


def load(pki: Pki, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pki.certificate(name).read_bytes())


def common_name(name: x509.Name) -> object:
    return name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value


@pytest.mark.parametrize("name", ["apiserver", "health", "etcd"])
def test_servers_are_valid_for_loopback_alone(pki: Pki, name: str) -> None:
    names = load(pki, name).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    addresses = names.get_values_for_type(x509.IPAddress)
    assert ipaddress.ip_address("127.0.0.1") in addresses
    assert all(address.is_private for address in addresses)


def test_each_certificate_is_signed_by_its_own_authority_and_verifies(pki: Pki) -> None:
    for request in REQUESTS:
        certificate = load(pki, request.name)
        certificate.verify_directly_issued_by(load(pki, request.authority))
        assert common_name(certificate.subject) == request.common_name


def test_only_authorities_may_sign(pki: Pki) -> None:
    signs = {
        name: load(pki, name).extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        for name in (*AUTHORITIES, *(request.name for request in REQUESTS))
    }
    assert {name for name, may in signs.items() if may} == set(AUTHORITIES)


def test_servers_that_are_no_clients_can_not_act_as_one(pki: Pki) -> None:
    usage = load(pki, "apiserver").extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_only_the_admin_is_master(pki: Pki) -> None:
    organizations = {
        request.name: [
            entry.value
            for entry in load(pki, request.name).subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        ]
        for request in REQUESTS
    }
    assert {name for name, held in organizations.items() if held} == {"admin"}
    assert organizations["admin"] == ["system:masters"]


def test_they_last_a_year_and_the_authorities_ten(pki: Pki) -> None:
    for request in REQUESTS:
        assert load(pki, request.name).not_valid_after_utc == NOW + timedelta(days=365)
    for authority in AUTHORITIES:
        assert load(pki, authority).not_valid_after_utc == NOW + timedelta(days=3650)


def test_every_file_is_its_owners_alone(pki: Pki) -> None:
    written = list(pki.folder.iterdir())
    assert len(written) == 2 * (len(REQUESTS) + len(AUTHORITIES)) + 2
    assert {entry.stat().st_mode & 0o777 for entry in written} == {0o600}


def test_a_second_look_changes_nothing(pki: Pki) -> None:
    before = {entry.name: entry.read_bytes() for entry in pki.folder.iterdir()}
    ensure(pki, NOW + timedelta(days=300))
    assert {entry.name: entry.read_bytes() for entry in pki.folder.iterdir()} == before


def test_what_is_about_to_end_is_issued_again_by_the_same_authority(pki: Pki) -> None:
    authority, before = pki.certificate("ca").read_bytes(), load(pki, "admin")
    ensure(pki, NOW + timedelta(days=340))
    after = load(pki, "admin")
    assert pki.certificate("ca").read_bytes() == authority
    assert after.serial_number != before.serial_number
    assert after.not_valid_after_utc == NOW + timedelta(days=340 + 365)


@pytest.mark.parametrize("suffix", ["crt", "key"])
@pytest.mark.parametrize("content", [None, b"", b"garbage"])
def test_a_lost_or_damaged_half_is_issued_again(pki: Pki, suffix: str, content: bytes | None) -> None:
    path = pki.folder / f"admin.{suffix}"
    path.unlink() if content is None else path.write_bytes(content)
    ensure(pki, NOW)
    load(pki, "admin").verify_directly_issued_by(load(pki, "ca"))
    assert certificates._read(pki, "admin") is not None


def test_a_key_that_does_not_fit_its_certificate_is_noticed(pki: Pki) -> None:
    pki.key("admin").write_bytes(pki.key("kwok").read_bytes())
    before = load(pki, "admin").serial_number
    ensure(pki, NOW)
    assert load(pki, "admin").serial_number != before


def test_a_lost_authority_takes_all_that_it_signed_with_it(pki: Pki) -> None:
    pki.key("ca").unlink()
    service_account = pki.service_account_key.read_bytes()
    ensure(pki, NOW)
    for request in REQUESTS:
        load(pki, request.name).verify_directly_issued_by(load(pki, request.authority))
    # Tokens in the cluster were signed with it: it must stay.
    assert pki.service_account_key.read_bytes() == service_account


def test_a_folder_that_can_not_be_written_is_told(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied", str(pki.folder))

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)  # type: ignore[attr-defined]  # the module's own import
    pki.key("admin").unlink()
    with pytest.raises(PlaneNotPermitted, match="Permission denied"):
        ensure(pki, NOW)
