"""The service that the environment names, as PyODPS sees it."""

import os

from odps import ODPS, options


def connect():
    options.local_timezone = False
    return ODPS(
        os.environ["ODPS_ACCESS_ID"],
        os.environ["ODPS_ACCESS_KEY"],
        os.environ["ODPS_PROJECT"],
        endpoint=os.environ["ODPS_ENDPOINT"],
        tunnel_endpoint=os.environ["ODPS_ENDPOINT"],
    )
