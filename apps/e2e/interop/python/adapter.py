"""Drives an unmodified PyODPS from JSON lines: one request a line on stdin, one answer a line on stdout.

Values travel in the conventions of the golden vectors, so that one comparison serves every client.
"""

import datetime
import decimal
import json
import math
import sys
import traceback

import pandas
import pyarrow
from odps import ODPS, options
from odps import types as odps_types
from odps.lib import Monthdelta
from odps.models import TableSchema
from odps.tunnel import CompressOption, TableTunnel

options.local_timezone = False
options.allow_antique_date = True
options.sql.use_odps2_extension = True
options.tunnel.require_stream_footer = True

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
ALGORITHMS = {
    "deflate": CompressOption.CompressAlgorithm.ODPS_ZLIB,
    "zstd": CompressOption.CompressAlgorithm.ODPS_ZSTD,
    "snappy": CompressOption.CompressAlgorithm.ODPS_SNAPPY,
    "lz4": CompressOption.CompressAlgorithm.ODPS_LZ4,
    "arrow-lz4": CompressOption.CompressAlgorithm.ODPS_ARROW_LZ4,
}


def float_from(value):
    return float(value) if not isinstance(value, str) else float(value.replace("Infinity", "inf"))


def float_to(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def nanos_of(value):
    return int(value["seconds"]) * 1_000_000_000 + value["nanos"]


def split_nanos(total):
    return {"seconds": str(total // 1_000_000_000), "nanos": total % 1_000_000_000}


def to_python(value, kind):
    """A value of the vectors' conventions as PyODPS takes it."""
    if value is None:
        return None
    name = kind.name if not isinstance(kind, odps_types.Decimal) else "decimal"
    if isinstance(kind, odps_types.Array):
        return [to_python(item, kind.value_type) for item in value]
    if isinstance(kind, odps_types.Map):
        return {to_python(k, kind.key_type): to_python(v, kind.value_type) for k, v in value}
    if isinstance(kind, odps_types.Struct):
        return {n: to_python(v, t) for v, (n, t) in zip(value, kind.field_types.items())}
    if name in ("bigint",):
        return int(value)
    if name in ("float", "double"):
        return float_from(value)
    if name == "binary":
        return bytes.fromhex(value["hex"])
    if name == "decimal":
        return decimal.Decimal(value)
    if name == "date":
        return datetime.date.fromisoformat(value)
    if name == "datetime":
        return (EPOCH + datetime.timedelta(milliseconds=int(value["epoch_ms"]))).replace(tzinfo=UTC)
    if name == "timestamp":
        return pandas.Timestamp(nanos_of(value), unit="ns", tz="UTC")
    if name == "timestamp_ntz":
        return pandas.Timestamp(nanos_of(value), unit="ns")
    if name == "interval_day_time":
        return pandas.Timedelta(nanos_of(value), unit="ns")
    if name == "interval_year_month":
        return Monthdelta(value)
    if name == "json":
        return json.loads(value)
    return value


def from_python(value, kind):
    """A value as PyODPS gives it, in the vectors' conventions."""
    if value is None or value is pandas.NaT:
        return None
    name = kind.name if not isinstance(kind, odps_types.Decimal) else "decimal"
    if isinstance(kind, odps_types.Array):
        return [from_python(item, kind.value_type) for item in value]
    if isinstance(kind, odps_types.Map):
        pairs = value.items() if hasattr(value, "items") else value
        return [[from_python(k, kind.key_type), from_python(v, kind.value_type)] for k, v in pairs]
    if isinstance(kind, odps_types.Struct):
        if isinstance(value, dict):
            value = [value[n] for n in kind.field_types]
        return [from_python(v, t) for v, t in zip(value, kind.field_types.values())]
    if name == "bigint":
        return str(value)
    if name in ("float", "double"):
        return float_to(value)
    if name == "binary":
        return {"hex": bytes(value).hex()}
    if name == "decimal":
        return format(value, "f")
    if name == "date":
        return value.isoformat()
    if name == "datetime":
        if value.tzinfo is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        millis = (value - EPOCH) // datetime.timedelta(milliseconds=1)
        return {"epoch_ms": str(millis)}
    if name in ("timestamp", "timestamp_ntz"):
        return split_nanos(pandas.Timestamp(value).value)
    if name == "interval_day_time":
        if isinstance(value, dict):
            return {"seconds": str(value["sec"]), "nanos": value["nano"]}
        return split_nanos(pandas.Timedelta(value).value)
    if name == "interval_year_month":
        return value.total_months() if callable(getattr(value, "total_months", None)) else int(value)
    if name == "json":
        return json.dumps(value, ensure_ascii=False)
    return value


def record(session, row, kinds):
    return session.new_record([to_python(v, k) for v, k in zip(row, kinds)])


class Adapter:
    def init(self, q):
        self.odps = ODPS(
            q["accessId"],
            q["accessKey"],
            q["project"],
            endpoint=q["endpoint"],
            tunnel_endpoint=q.get("tunnelEndpoint"),
            region_name=q.get("region"),
            schema=q.get("schema"),
        )
        self.tunnel = TableTunnel(self.odps)
        import odps

        return {"client": "pyodps", "version": odps.__version__}

    def create_table(self, q):
        columns = [odps_types.Column(c["name"], c["type"]) for c in q["columns"]]
        partitions = [odps_types.Partition(c["name"], c["type"]) for c in q.get("partitionKeys", [])]
        schema = TableSchema(columns=columns, partitions=partitions or None)
        extra = {}
        if q.get("primaryKey"):
            extra = {"transactional": True, "primary_key": q["primaryKey"]}
        self.odps.create_table(q["table"], schema, if_not_exists=False, **extra)
        return {"exists": self.odps.exist_table(q["table"])}

    def describe(self, q):
        table = self.odps.get_table(q["table"])
        schema = table.table_schema
        return {
            "columns": [{"name": c.name, "type": str(c.type)} for c in schema.simple_columns],
            "partitionKeys": [{"name": c.name, "type": str(c.type)} for c in schema.partitions],
        }

    def list_tables(self, q):
        return {"tables": [t.name for t in self.odps.list_tables(prefix=q.get("prefix"))]}

    def drop_table(self, q):
        self.odps.delete_table(q["table"])
        return {"exists": self.odps.exist_table(q["table"])}

    def create_partition(self, q):
        table = self.odps.get_table(q["table"])
        table.create_partition(q["partition"])
        return {"partitions": [str(p.partition_spec) for p in table.partitions]}

    def sql(self, q):
        instance = self.odps.execute_sql(q["text"])
        with instance.open_reader(tunnel=bool(q.get("tunnel"))) as reader:
            if q.get("tunnel"):
                kinds = [c.type for c in reader.schema.columns]
                return {"rows": [[from_python(v, k) for v, k in zip(r.values, kinds)] for r in reader]}
            return {"text": reader.raw}

    def run_sql(self, q):
        self.odps.execute_sql(q["text"])
        return {}

    def _session(self, q, **extra):
        return self.tunnel.create_upload_session(
            q["table"],
            partition_spec=q.get("partition"),
            create_partition=bool(q.get("createPartition")),
            overwrite=bool(q.get("overwrite")),
            compress_algo=ALGORITHMS.get(q.get("compression")),
            schema=q.get("schema"),
            **extra
        )

    def upload(self, q):
        session = self._session(q)
        compress = q.get("compression", "none") != "none"
        kinds = [c.type for c in session.schema.simple_columns]
        blocks = q["blocks"]
        if q["writer"] == "records":
            ids = list(range(len(blocks)))
            for block_id, rows in zip(ids, blocks):
                with session.open_record_writer(block_id, compress=compress) as writer:
                    for row in rows:
                        writer.write(record(session, row, kinds))
        elif q["writer"] == "buffered":
            with session.open_record_writer(compress=compress, buffer_size=q.get("bufferSize", 256 * 1024)) as writer:
                for rows in blocks:
                    for row in rows:
                        writer.write(record(session, row, kinds))
            ids = writer.get_blocks_written()
        else:
            names = [c.name for c in session.schema.simple_columns]
            ids = list(range(len(blocks)))
            if q["writer"] == "arrow":
                for block_id, rows in zip(ids, blocks):
                    with session.open_arrow_writer(block_id, compress=compress) as writer:
                        writer.write(self._batch(rows, names, kinds, session))
            else:
                with session.open_arrow_writer(compress=compress, buffer_size=q.get("bufferSize", 256 * 1024)) as writer:
                    for rows in blocks:
                        writer.write(self._batch(rows, names, kinds, session))
                ids = writer.get_blocks_written()
        listed = sorted(session.get_block_list())
        session.commit(ids)
        return {"blocks": len(ids), "listed": listed, "status": session.status.value}

    def _batch(self, rows, names, kinds, session):
        from odps.tunnel.io.types import odps_schema_to_arrow_schema

        schema = odps_schema_to_arrow_schema(session.schema)
        fields = [schema.field(n) for n in names]
        arrays = []
        for index, (field, kind) in enumerate(zip(fields, kinds)):
            arrays.append(arrow_column([r[index] for r in rows], kind, field.type))
        return pyarrow.RecordBatch.from_arrays(arrays, schema=pyarrow.schema(fields))

    def commit_wrong_list(self, q):
        session = self._session(q)
        kinds = [c.type for c in session.schema.simple_columns]
        with session.open_record_writer(0) as writer:
            for row in q["rows"]:
                writer.write(record(session, row, kinds))
        session.commit([0, 1])
        return {}

    def write_table(self, q):
        table = self.odps.get_table(q["table"])
        kinds = [c.type for c in table.table_schema.simple_columns]
        rows = [[to_python(v, k) for v, k in zip(row, kinds)] for row in q["rows"]]
        self.odps.write_table(
            q["table"],
            rows,
            partition=q.get("partition"),
            create_partition=bool(q.get("createPartition")),
            overwrite=bool(q.get("overwrite")),
        )
        return {}

    def write_pandas(self, q):
        table = self.odps.get_table(q["table"])
        names = [c.name for c in table.table_schema.simple_columns]
        kinds = [c.type for c in table.table_schema.simple_columns]
        frame = pandas.DataFrame(
            [[to_python(v, k) for v, k in zip(row, kinds)] for row in q["rows"]], columns=names
        )
        self.odps.write_table(q["table"], frame)
        return {}

    def read_table(self, q):
        table = self.odps.get_table(q["table"])
        kinds = [c.type for c in table.table_schema.simple_columns]
        with table.open_reader(partition=q.get("partition"), reopen=True) as reader:
            return {
                "count": reader.count,
                "rows": [[from_python(r[i], k) for i, k in enumerate(kinds)] for r in reader],
            }

    def download(self, q):
        session = self.tunnel.create_download_session(
            q["table"],
            partition_spec=q.get("partition"),
            compress_algo=ALGORITHMS.get(q.get("compression")),
            schema=q.get("schema"),
        )
        columns = q.get("columns")
        start = q.get("start", 0)
        count = q.get("count", session.count)
        compress = q.get("compression", "none") != "none"
        by_name = {c.name: c.type for c in session.schema.simple_columns}
        names = columns or list(by_name)
        rows = []
        if q["format"] == "records":
            with session.open_record_reader(start, count, columns=columns, compress=compress) as reader:
                for record in reader:
                    rows.append([from_python(record[n], by_name[n]) for n in names])
        else:
            with session.open_arrow_reader(start, count, columns=columns, compress=compress) as reader:
                for batch in reader:
                    index = {n: batch.column(batch.schema.get_field_index(n)) for n in names}
                    for i in range(batch.num_rows):
                        rows.append([arrow_value(index[n][i], by_name[n]) for n in names])
        return {"count": session.count, "rows": rows}

    def preview(self, q):
        table = self.odps.get_table(q["table"])
        with self.tunnel.open_preview_reader(table, limit=q["limit"], partition_spec=q.get("partition")) as reader:
            rows = []
            for batch in iter(reader.read_next_batch, None) if hasattr(reader, "read_next_batch") else reader:
                by_name = {c.name: c.type for c in table.table_schema.simple_columns}
                for i in range(batch.num_rows):
                    rows.append([arrow_value(batch.column(batch.schema.get_field_index(n))[i], by_name[n]) for n in by_name])
        return {"rows": rows}

    def head(self, q):
        table = self.odps.get_table(q["table"])
        kinds = [c.type for c in table.table_schema.simple_columns]
        return {"rows": [[from_python(r[i], k) for i, k in enumerate(kinds)] for r in table.head(q["limit"])]}

    def stream(self, q):
        session = self.tunnel.create_stream_upload_session(
            q["table"],
            partition_spec=q.get("partition"),
            create_partition=bool(q.get("createPartition")),
            compress_algo=ALGORITHMS.get(q.get("compression")),
        )
        kinds = [c.type for c in session.schema.simple_columns]
        for rows in q["blocks"]:
            with session.open_record_writer(compress=q.get("compression", "none") != "none") as writer:
                for row in rows:
                    writer.write(record(session, row, kinds))
        if q.get("abort"):
            session.abort()
        return {}

    def upsert(self, q):
        session = self.tunnel.create_upsert_session(
            q["table"], partition_spec=q.get("partition"), compress_algo=ALGORITHMS.get(q.get("compression"))
        )
        kinds = [c.type for c in session.schema.simple_columns][: len(q["columns"])]
        stream = session.open_upsert_stream(compress=q.get("compression", "none") != "none")
        for row in q.get("upserts", []):
            record = session.new_record()
            for name, value, kind in zip(q["columns"], row, kinds):
                record[name] = to_python(value, kind)
            stream.upsert(record)
        for row in q.get("deletes", []):
            record = session.new_record()
            for name, value, kind in zip(q["columns"], row, kinds):
                record[name] = to_python(value, kind)
            stream.delete(record)
        stream.flush()
        stream.close()
        if q.get("abort"):
            session.abort()
            return {"status": "aborted"}
        session.commit()
        return {"status": session.status.value}


def arrow_column(values, kind, arrow_type):
    """Rows of the vectors' conventions as one Arrow column of the type the client's own mapping gives."""
    return pyarrow.array([arrow_python(v, kind, arrow_type) for v in values], type=arrow_type)


def arrow_python(value, kind, arrow_type):
    if value is None:
        return None
    if isinstance(kind, odps_types.Array):
        return [arrow_python(item, kind.value_type, arrow_type.value_type) for item in value]
    if isinstance(kind, odps_types.Map):
        return [
            (arrow_python(k, kind.key_type, arrow_type.key_type), arrow_python(v, kind.value_type, arrow_type.item_type))
            for k, v in value
        ]
    if isinstance(kind, odps_types.Struct):
        return {
            n: arrow_python(v, t, arrow_type.field(n).type) for v, (n, t) in zip(value, kind.field_types.items())
        }
    name = "decimal" if isinstance(kind, odps_types.Decimal) else kind.name
    if name == "datetime":
        return int(value["epoch_ms"])
    if name in ("timestamp", "timestamp_ntz"):
        return nanos_of(value)
    if name == "interval_day_time":
        return {"sec": int(value["seconds"]), "nano": value["nanos"]}
    if name == "json":
        return value
    return to_python(value, kind)


def arrow_value(scalar, kind):
    if not scalar.is_valid:
        return None
    if isinstance(kind, odps_types.Array):
        return [arrow_value(item, kind.value_type) for item in scalar]
    if isinstance(kind, odps_types.Map):
        return [
            [arrow_value(item["key"], kind.key_type), arrow_value(item["value"], kind.value_type)]
            for item in scalar.values
        ]
    if isinstance(kind, odps_types.Struct):
        return [arrow_value(scalar[n], t) for n, t in kind.field_types.items()]
    name = "decimal" if isinstance(kind, odps_types.Decimal) else kind.name
    if name == "datetime":
        return {"epoch_ms": str(scalar.value)}
    if name in ("timestamp", "timestamp_ntz"):
        return split_nanos(scalar.value)
    if name == "interval_day_time":
        return {"seconds": str(scalar["sec"].as_py()), "nanos": scalar["nano"].as_py()}
    if name == "json":
        return scalar.as_py()
    return from_python(scalar.as_py(), kind)


def main():
    adapter = Adapter()
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = getattr(adapter, question["op"].replace("-", "_"))(question)
            answer["ok"] = True
        except Exception as error:  # the answer is the error: the driver decides whether it was wanted
            answer = {
                "ok": False,
                "error": {
                    "code": getattr(error, "code", None) or type(error).__name__,
                    "message": str(error),
                    "trace": traceback.format_exc(limit=-4),
                },
            }
        print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
