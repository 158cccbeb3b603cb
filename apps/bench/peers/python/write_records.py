"""PyODPS's compiled record writer: a record is built of each row, and written."""

import sys

import odps
from odps import options
from odps.models import Record, TableSchema
from odps.tunnel.io.writer_c import BaseRecordWriter

import synthetic
from contender import serve

# Ready text in a STRING column is the cheaper way for PyODPS; the bytes are the same as those of a DECIMAL.
TYPES = ["bigint", "double", "string", "string", "string", "datetime", "boolean", "string", "bigint", "double"]
options.local_timezone = False
schema = TableSchema.from_lists(synthetic.NAMES, TYPES)
count = int(sys.argv[1])
rows = [synthetic.row(i) for i in range(count)]


def run(sink):
    writer = BaseRecordWriter(schema, sink)
    for row in rows:
        writer.write(Record(schema=schema, values=row))
    writer.close()


serve(odps.__version__, count, run)
