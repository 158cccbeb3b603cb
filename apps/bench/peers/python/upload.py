"""Uploads a file with PyODPS, from the start of the process to the commit.

upload.py pandas|pyarrow|records FILE TABLE TIME_COLUMN, with the service in ODPS_* of the environment.
"""

import csv
import datetime
import sys

from service import connect

kind, file, table, time_column = sys.argv[1:]
odps = connect()


def from_pandas():
    import pandas

    odps.write_table(table, pandas.read_csv(file, parse_dates=[time_column]), overwrite=True)


def from_pyarrow():
    """The quickest reader there is in Python, batch by batch."""
    import pyarrow.csv

    with odps.get_table(table).open_writer(arrow=True, overwrite=True) as writer:
        for batch in pyarrow.csv.open_csv(file):
            writer.write(batch)


def from_records():
    converters = {
        "bigint": int,
        "double": float,
        "boolean": lambda text: text == "true",
        "datetime": datetime.datetime.fromisoformat,
    }
    schema = odps.get_table(table).table_schema
    convert = [converters.get(column.type.name, str) for column in schema.simple_columns]
    with odps.get_table(table).open_writer(overwrite=True) as writer, open(file, newline="", encoding="utf-8") as source:
        rows = csv.reader(source)
        next(rows)
        for row in rows:
            writer.write([one(text) if text else None for one, text in zip(convert, row)])


{"pandas": from_pandas, "pyarrow": from_pyarrow, "records": from_records}[kind]()
