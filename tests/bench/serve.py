"""The real server on a data folder and port, with settings like `TC_NAME=value`, for measuring."""

import sys

from tc_server.app import serve
from tc_server.settings import load

if __name__ == "__main__":
    data, port, *given = sys.argv[1:]
    settings = dict(setting.split("=", 1) for setting in given)
    serve(load({"data": data, "port": port}, settings), lambda _url: None)
