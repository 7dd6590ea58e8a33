"""91350100M000100Y43 is GB 32100's sample; 330899 is assigned to no county."""

import pytest

from contract.identifiers.credit_code import BadCreditCode, check_character, organisation_check_character, parse


@pytest.mark.parametrize(
    ("code", "area", "organisation", "kind"),
    [
        ("91350100M000100Y43", "350100", "M000100Y4", None),
        ("11330800002618015K", "330800", "002618015", "government"),
        ("51330899MJT000010L", "330899", "MJT000010", "association"),
        ("52330899MJT000029E", "330899", "MJT000029", "private non-enterprise unit"),
        ("53330899MJT0000376", "330899", "MJT000037", "foundation"),
        ("12330899MBT000011A", "330899", "MBT000011", "public institution"),
    ],
)
def test_reads_area_organisation_and_kind(code, area, organisation, kind):
    parsed = parse(code)
    assert (parsed.area, parsed.organisation, parsed.kind) == (area, organisation, kind)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("51330899MJT00001", "18 characters, not 16"),
        ("51330899MJT00001OL", "character 17 .'O'."),
        ("5133O899MJT000010L", "character 5 .'O'."),
        ("5133A899MJT000010L", "characters 3 to 8"),
        ("51330899MJT000011L", "organisation code inside"),
        ("51330899MJT0000101", "check character"),
    ],
)
def test_says_what_is_wrong(code, reason):
    with pytest.raises(BadCreditCode, match=reason):
        parse(code)


def test_every_single_wrong_character_is_found():
    code = "51330899MJT000010L"
    for place in range(18):
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if character != code[place]:
                with pytest.raises(BadCreditCode):
                    parse(code[:place] + character + code[place + 1 :])


def test_check_characters_can_be_made():
    assert check_character("51330899MJT000010") == "L"
    assert organisation_check_character("MJT00001") == "0"
