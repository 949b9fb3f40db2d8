"""The real server on a data folder and port, for measuring."""

import sys

from tc_server.app import serve
from tc_server.settings import load

if __name__ == "__main__":
    serve(load({"data": sys.argv[1], "port": sys.argv[2]}, {}), lambda _url: None)
