"""Asking the city's directory, a real one."""

import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from meetings import certificates
from meetings.config import Config
from meetings.directory.ldap import Directory
from meetings.errors import DirectoryUnreachable
from meetings.settings.accounts import DirectorySettings
from tests.slapd import BASE, MANY, PASSWORD, PEOPLE, Slapd

ACTIVE_DIRECTORY = {
    "people_filter": "(objectClass=adPerson)",
    "login": "sAMAccountName",
    "sign_in_by": ("sAMAccountName", "userPrincipalName"),
    "identity": "objectGUID",
    "kana": "msDS-PhoneticDisplayName",
    "department": "department",
    "bureau": "division",
}


def asked(settings: DirectorySettings, **changes: object) -> Directory:
    changed = replace(settings, **changes)  # type: ignore[arg-type]
    return Directory(changed, Path(changed.certificate_authority))


def test_somebody_is_known_by_the_password_of_the_directory_alone(directory: Slapd) -> None:
    directory.add("sato", cn="佐藤 花子", mail="sato@city.example.jp", title="主査")
    known = asked(directory.settings).find("sato", PASSWORD)
    assert known is not None
    assert (known.login, known.name, known.department) == ("sato", "佐藤 花子", "財政課")
    assert (known.email, known.title) == ("sato@city.example.jp", "主査")
    assert uuid.UUID(known.subject)
    assert asked(directory.settings).find("sato", "another") is None
    assert asked(directory.settings).find("suzuki", PASSWORD) is None


@pytest.mark.parametrize("password", ["", "\0"])
def test_an_empty_password_lets_nobody_in(directory: Slapd, password: str) -> None:
    directory.add("sato")
    assert asked(directory.settings).find("sato", password) is None


@pytest.mark.parametrize("login", ["*", "sat*", "x)(uid=*", "sato)(cn=*", "sato\0", "\\73ato"])
def test_what_is_typed_never_becomes_a_pattern(directory: Slapd, login: str) -> None:
    directory.add("sato")
    assert asked(directory.settings).find(login, PASSWORD) is None


@pytest.mark.parametrize("typed", ["\u0007", "\ud800", "\u0378", "אa1", "(", "\\", "x" * 100_000])
def test_whatever_is_typed_is_at_worst_wrong_and_no_failure_of_the_directory(
    directory: Slapd, typed: str
) -> None:
    directory.add("sato")
    assert asked(directory.settings).find("sato", typed) is None
    assert asked(directory.settings).find(typed, "x") is None


def test_a_password_goes_as_it_was_typed(directory: Slapd) -> None:
    directory.add("sato", userPassword="ｶﾅ と 漢字\u00a0")
    assert asked(directory.settings).find("sato", "ｶﾅ と 漢字\u00a0")


def test_nobody_is_meant_by_a_login_that_two_have(directory: Slapd) -> None:
    directory.add("sato")
    directory.change(directory.add("other"), uid=["other", "sato"])
    assert asked(directory.settings).find("sato", PASSWORD) is None


def test_plain_ldap_is_encrypted_before_anything_is_said(directory: Slapd) -> None:
    directory.add("sato")
    by_start_tls = asked(directory.settings, addresses=(directory.plain_address,))
    assert by_start_tls.find("sato", PASSWORD)
    with pytest.raises(DirectoryUnreachable):
        replace(by_start_tls, authority=None).find("sato", PASSWORD)


def test_a_certificate_of_another_authority_or_host_is_not_believed(
    directory: Slapd, tmp_path: Path
) -> None:
    config = replace(Config(), file=tmp_path / "config.toml")
    certificates.make_certificate(config, ["127.0.0.1"])
    stranger = certificates.authority_file(config)
    with pytest.raises(DirectoryUnreachable, match="つながらない") as problem:
        Directory(directory.settings, stranger).check()
    assert "CERTIFICATE_VERIFY_FAILED" in problem.value.reason
    by_name = directory.address.replace("127.0.0.1", "localhost")
    with pytest.raises(DirectoryUnreachable) as problem:
        asked(directory.settings, addresses=(by_name,)).check()
    assert "localhost" in problem.value.reason


def test_a_wrong_password_of_the_service_account_is_no_wrong_password_of_a_person(
    directory: Slapd,
) -> None:
    directory.add("sato")
    with pytest.raises(DirectoryUnreachable):
        asked(directory.settings, bind_password="old").find("sato", PASSWORD)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of something that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_server_that_says_nothing_is_given_up_and_the_next_one_asked(
    directory: Slapd, silent: str, scheme: str
) -> None:
    directory.add("sato")
    both = (f"{scheme}://{silent}", directory.address)
    assert asked(directory.settings, addresses=both, seconds=1).find("sato", PASSWORD)


def test_everybody_is_read_also_when_there_are_more_than_the_server_gives_at_once(
    directory: Slapd,
) -> None:
    with directory.opened() as connection:
        for number in range(MANY):
            known = {"cn": f"職員 {number}", "sn": "x"}
            connection.add(f"uid=p{number},{PEOPLE}", "inetOrgPerson", known)
        connection.add(f"ou=nobody,{PEOPLE}", "organizationalUnit")
    people = asked(directory.settings).everybody()
    assert {known.login for known in people} == {f"p{number}" for number in range(MANY)}


def test_who_lacks_what_an_account_needs_is_told_apart(directory: Slapd) -> None:
    directory.add("sato")
    directory.add("suzuki", displayName="鈴木 一郎")
    by_display_name = asked(directory.settings, name="displayName")
    whole = {known.login: known.is_whole for known in by_display_name.everybody()}
    assert whole == {"sato": False, "suzuki": True}
    assert by_display_name.find("sato", PASSWORD) is None


def test_groups_count_also_by_other_groups_and_in_a_circle(directory: Slapd) -> None:
    person = directory.add("sato")
    section = directory.add_group("zaisei", person)
    office = directory.add_group("office", section)
    directory.change(section, member=[person, office])
    rules = ("office -> secretary",)
    known = asked(directory.settings, roles=rules).find("sato", PASSWORD)
    assert known is not None
    assert {"zaisei", "office", office.casefold()} <= known.groups
    unasked = asked(directory.settings).find("sato", PASSWORD)
    assert unasked is not None and not unasked.groups


def test_groups_are_found_by_their_members_where_the_server_tells_nobody_his_own(
    directory: Slapd,
) -> None:
    person = directory.add("sato")
    with directory.opened() as connection:
        # Without the members' own attribute, as a server without the overlay has it.
        members = {"cn": "plain", "uniqueMember": person}
        connection.add(f"cn=plain,{BASE}", "groupOfUniqueNames", members)
    try:
        known = asked(directory.settings, roles=("plain -> secretary",)).find("sato", PASSWORD)
    finally:
        directory.remove(f"cn=plain,{BASE}")
    assert known is not None and "plain" in known.groups


def test_active_directorys_names_are_understood(directory: Slapd) -> None:
    person = directory.add("u1", cn="佐藤 花子")
    number = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")
    directory.change(
        person,
        sAMAccountName="Sato",
        userPrincipalName="sato@city.example.jp",
        userAccountControl="512",
        objectGUID=number.bytes_le,
        msDS_PhoneticDisplayName="さとう はなこ",
        department="財政課",
        division="総務局",
    )
    by_names = asked(directory.settings, **ACTIVE_DIRECTORY)
    known = by_names.find("sato@city.example.jp", PASSWORD)
    assert known is not None
    assert (known.subject, known.login, known.kana) == (str(number), "Sato", "さとう はなこ")
    assert (known.department, known.bureau) == ("財政課", "総務局")
    assert by_names.find("SATO", PASSWORD) == known


def test_who_is_disabled_in_active_directory_is_not_let_in(directory: Slapd) -> None:
    directory.change(directory.add("sato"), userAccountControl="514")
    settings = asked(directory.settings)
    assert settings.find("sato", PASSWORD) is None
    assert [known.is_disabled for known in settings.everybody()] == [True]
