import pytest

from truelift.catalog.platform import PLATFORMS, platform_named


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_goes_by_its_own_name_in_any_case(name):
    assert platform_named(name.upper()) == name


def test_twitter_is_read_as_x():
    assert platform_named("Twitter") == "x"


def test_what_is_no_platform_has_no_name():
    assert platform_named("myspace") is None
