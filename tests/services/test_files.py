"""Files in chat: taken in, sealed, given out."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from tc_server.domain.errors import ClientIdTaken, FileSize, FileType, NotFound, SessionEnded
from tc_server.domain.people import Staff, Viewer
from tc_server.domain.session import Verb
from tc_server.services import erasing, files, invites
from tc_server.services.clean_media import inspect
from tc_server.store.journal import Said
from tests.services.clinic import Clinic, invitation
