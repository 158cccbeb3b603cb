"""PyODPS's Arrow writer: record batches that exist already are framed, and counted or sent.

write_arrow.py memory|send FILE TABLE, for an Arrow IPC stream and a table of the service in ODPS_* of the environment.
"""

import sys

import odps
import pyarrow
from odps.tunnel import TableTunnel
from odps.tunnel.io.writer import BaseArrowWriter

from contender import serve
from service import connect

way, file, table = sys.argv[1:]
client = connect()
schema = client.get_table(table).table_schema
with pyarrow.OSFile(file, "rb") as source:
    batches = pyarrow.ipc.open_stream(source).read_all().to_batches()


def memory(sink):
    writer = BaseArrowWriter(schema, sink)
    for batch in batches:
        writer.write(batch)
    writer.close()


def send(sink):
    session = TableTunnel(client).create_upload_session(table)
    with session.open_arrow_writer(0) as writer:
        for batch in batches:
            writer.write(batch)


serve(odps.__version__, sum(batch.num_rows for batch in batches), {"memory": memory, "send": send}[way])
