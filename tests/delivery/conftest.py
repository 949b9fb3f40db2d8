"""What tests of delivery begin with."""

from pathlib import Path

import pytest

from tests.certificate import Certificate, make


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Make a certificate for this machine."""
    return make(tmp_path)
