"""Phone numbers and addresses as spreadsheets mangle them, put right where only one thing can be meant."""

import re
import unicodedata

# What phones and spreadsheets put around a number without showing it.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def tidy(cell: str) -> str:
    """Return a cell without the space around it and without what can't be seen."""
    return _UNSEEN.sub("", cell).replace("\u00a0", " ").strip()


def phone(cell: str) -> str:
    """Return a number as it can be dialled: no apostrophe before it, `+` for `00`, digits of any script as 0 to 9."""
    text = tidy(cell).lstrip("'\u2019`=\"").rstrip('"').removeprefix("tel:").strip()
    text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    text = text.replace("\uff0b", "+")
    return re.sub(r"^(?:\(?00\)?|\+\s*00)\s*", "+", text) if re.match(r"\(?00|\+\s*00", text) else text


def email(cell: str) -> str:
    """Return an address as it is compared: the domain in lower case."""
    text = tidy(cell).removeprefix("mailto:").lstrip("'")
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def same_number(number: str) -> str:
    """Return what two ways to write one number have in common: E.164, or the bare digits of what isn't a number."""
    import phonenumbers

    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return re.sub(r"[^\d+]", "", number)


def wrong_with(number: str) -> str | None:
    """Tell what a spreadsheet has done to a number, where that can be told."""
    import phonenumbers

    if _ROUNDED.fullmatch(number):
        return (
            "The spreadsheet has rounded this number, and its digits are lost. Make the column text, and type it anew."
        )
    if number.startswith("+"):
        return None
    guess = "+" + re.sub(r"\D", "", number)
    try:
        sound = phonenumbers.is_valid_number(phonenumbers.parse(guess, None))
    except phonenumbers.NumberParseException:
        return None
    return f"The number doesn't say which country it is in. Is it {guess}? Then write it so." if sound else None
