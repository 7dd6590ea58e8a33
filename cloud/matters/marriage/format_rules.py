"""Stage 1 of the screening (第一阶段: 格式与逻辑): what is wrong with a record by itself, and with its number.

Ages: 民法典 art. 1047, and 婚姻法 (1980) art. 5, in force on 1981-01-01: 22 and 20; before that 婚姻法 (1950) art. 4:
20 and 18. Numbers of certificates: J330802-2020-000123 for a marriage, L for a divorce, B before it where it was
issued anew; required here of registrations since 婚姻登记工作规范 (2016-02-01) (P), older ones were written otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from cloud.matters.marriage.entered import Entered, Party, citizen, day, full_number, is_card, plain_certificate
from cloud.matters.marriage.findings import Finding, found

AGES_SINCE = date(1981, 1, 1)
OLD_NUMBERS_UNTIL = date(2013, 1, 1)
CERTIFICATE_FORM_SINCE = date(2016, 2, 1)
_FIRST_DAY = date(1950, 5, 1)  # the Marriage Law of 1950
_CERTIFICATE = re.compile(r"(B?)([JL])([0-9]{6})-([0-9]{4})-([0-9]{6})")
_LETTER = {"marriage": "J", "divorce": "L"}
_OLD_LENGTH = 15


def stage_1(row: Entered, today: date, same_certificate: Sequence[tuple[str, str]]) -> list[Finding]:
    """`same_certificate`: (key, county) of other records with this number of the certificate. In order."""
    registered = day(row.registered)
    if registered is not None and not _FIRST_DAY <= registered <= today:
        registered = None
    findings = [] if registered else [found("no_such_day", "registered")]
    for name, party in row.parties:
        findings += _of_party(name, party, registered)
        if row.kind == "marriage" and registered is not None:
            findings += _of_age(name, party, registered)
    if full_number(row.husband.number) == full_number(row.wife.number):
        findings.append(found("same_person"))
    if not _has_form(row, registered):
        findings.append(found("certificate_form"))
    for key, county in same_certificate:
        findings.append(found("duplicate_certificate", key, owner_level="county" if county == row.county else "city"))
    return sorted(findings)


def age(born: date, on: date) -> int:
    """Completed years. Who was born on 29 February is a year older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def least_age(name: str, registered: date) -> int:
    if registered < AGES_SINCE:
        return 20 if name == "husband" else 18
    return 22 if name == "husband" else 20


def _of_party(name: str, party: Party, registered: date | None) -> Iterator[Finding]:
    born = day(party.birth)
    if born is None:
        yield found("no_such_day", f"{name}_birth")
    if party.document != "citizen" or is_card(party.number):
        return
    known = citizen(party.number)
    is_old = len(party.number.strip()) == _OLD_LENGTH
    if known is None or (is_old and registered is not None and registered >= OLD_NUMBERS_UNTIL):
        yield found("citizen_number", name)
        return
    if born is not None and known.born_on != born:
        yield found("birth_differs", name)
    if known.sex != ("male" if name == "husband" else "female"):
        yield found("sex_differs", name)


def _of_age(name: str, party: Party, registered: date) -> Iterator[Finding]:
    """By the number, which was checked when it was issued; by what is written where there is none."""
    known = citizen(party.number) if party.document == "citizen" else None
    born = known.born_on if known else day(party.birth)
    if born is not None and age(born, registered) < least_age(name, registered):
        yield found("under_age", name)


def _has_form(row: Entered, registered: date | None) -> bool:
    text = plain_certificate(row.certificate)
    if registered is None or registered < CERTIFICATE_FORM_SINCE:
        return bool(text)
    form = _CERTIFICATE.fullmatch(text)
    if form is None:
        return False
    again, letter, area, year, _number = form.groups()
    return letter == _LETTER[row.kind] and area == row.county and (bool(again) or int(year) == registered.year)
