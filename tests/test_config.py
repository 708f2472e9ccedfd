"""Settings come from the environment handed in, and say so when a value is not a word they take."""

import pytest

from truelift.base.errors import UsageError
from truelift.config import Settings, settings_from


def test_an_empty_environment_gives_the_defaults():
    assert settings_from({}) == settings_from({"DEMO_SERVE": " "}) == Settings(demo_serve=True)


@pytest.mark.parametrize(
    ("text", "value"), [("0", False), ("no", False), ("False", False), ("1", True), ("YES", True)]
)
def test_a_switch_takes_plain_words(text, value):
    assert settings_from({"DEMO_SERVE": text}).demo_serve is value


def test_another_word_is_refused_with_the_words_that_are_taken():
    with pytest.raises(UsageError, match="DEMO_SERVE is 'maybe'; it takes 1, true"):
        settings_from({"DEMO_SERVE": "maybe"})


def test_a_token_is_taken_as_it_stands_and_never_shown():
    settings = settings_from({"TRUELIFT_TOKEN": " truelift_1_AbC ", "DEMO_SERVE": "0"})
    assert settings.token.reveal() == "truelift_1_AbC"
    assert "AbC" not in repr(settings)
    assert settings_from({"TRUELIFT_TOKEN": ""}).token is None


def test_a_switch_without_a_default_is_left_open():
    assert settings_from({}).apart is None
    assert settings_from({"TRUELIFT_APART": "0"}).apart is False


@pytest.mark.parametrize("text", ["0", "many", "-1", "1000000"])
def test_the_largest_upload_is_a_number_of_mebibytes(text):
    assert settings_from({}).largest_upload == 256
    assert settings_from({"TRUELIFT_LARGEST_UPLOAD": "12"}).largest_upload == 12
    with pytest.raises(UsageError, match="TRUELIFT_LARGEST_UPLOAD is"):
        settings_from({"TRUELIFT_LARGEST_UPLOAD": text})
