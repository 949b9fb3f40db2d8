"""The version, as it was installed."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("teleconnect")
except PackageNotFoundError:
    VERSION = "0"
