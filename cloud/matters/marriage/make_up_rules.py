"""Who may register a marriage after the fact (补办结婚登记), and from when it is in force. Pure.

民法典 articles 1046 to 1049 and 1051: both of their own will, a man of 22 and a woman of 20 at least, neither married,
no close kin; who did not register makes it up. 婚姻登记条例: making up follows the rules of registering.
民法典婚姻家庭编的解释（一） article 6: it is in force from when both met those conditions, not from when it was done.
"""

from datetime import date

from contract.identifiers.citizen_number import CitizenNumber

AGES = {"male": 22, "female": 20}
_LEAP_DAY = (2, 29)


def of_age_on(person: CitizenNumber) -> date:
    """The birthday on which they may marry; of 29 February the 1st of March where there is none."""
    year = person.born_on.year + AGES[person.sex]
    if (person.born_on.month, person.born_on.day) == _LEAP_DAY and not _is_leap(year):
        return date(year, 3, 1)
    return person.born_on.replace(year=year)


def in_force_from(one: CitizenNumber, other: CitizenNumber, since: date) -> date:
    """`since`: the day from which they have lived as a couple. Conditions beside the age are declared."""
    return max(since, of_age_on(one), of_age_on(other))


def against(one: CitizenNumber, other: CitizenNumber, since: date, today: date) -> tuple[str, str] | None:
    """Why they may not, in English and Chinese; None: they may."""
    if {one.sex, other.sex} != set(AGES):
        return "a marriage is between a man and a woman", "结婚登记双方须为一男一女"
    if since > today:
        return "since: not before it was", "共同生活的起始日期不能晚于今天"
    if max(of_age_on(one), of_age_on(other)) > today:
        return "a man must be 22, a woman 20", "男方须满22周岁，女方须满20周岁"
    return None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
