"""What must not be shown is not shown."""

import pytest

from everloom.settings.masking import MASK, masked


@pytest.mark.parametrize(
    "name", ["password", "smtp_password", "api_key", "key", "webhook_secret", "token", "Token"]
)
def test_a_value_under_a_name_that_looks_secret_is_masked(name: str) -> None:
    """Whatever type its application gave it."""
    assert masked(name, "hunter2") == MASK


@pytest.mark.parametrize("name", ["monkey", "keyboard", "database", "author"])
def test_other_values_are_shown(name: str) -> None:
    """A list of masks would help nobody; numbers are no secrets."""
    assert masked(name, "azerty") == "azerty"
    assert masked("token_count", 3) == 3


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ada:hunter2@db/shop", f"postgresql://ada:{MASK}@db/shop"),
        ("postgresql://ada:p@ss:w@db/shop", f"postgresql://ada:{MASK}@db/shop"),
        ("https://api/?a=1&token=hunter2&b=2", f"https://api/?a=1&token={MASK}&b=2"),
        ("https://host:443/path", "https://host:443/path"),
        ("sqlite:///.everloom/shop.db", "sqlite:///.everloom/shop.db"),
    ],
)
def test_passwords_inside_addresses_are_masked(address: str, shown: str) -> None:
    """The rest of the address is what a person looks for."""
    assert masked("database", address) == shown


def test_secrets_inside_lists_and_sections_are_masked() -> None:
    """However deep an application keeps them."""
    kept = {"servers": [{"name": "a", "password": "hunter2"}], "urls": ["ftp://a:hunter2@b"]}

    assert "hunter2" not in repr(masked("mail", kept))
