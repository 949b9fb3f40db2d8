"""What tests of delivery begin with."""

from pathlib import Path

import pytest

from tests.certificates import Certificate, certify


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Make a certificate for this machine."""
    return certify(tmp_path)
