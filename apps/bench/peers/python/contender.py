"""The loop of a contender: prepare, say so, then one run for each line of standard input."""

import json
import resource
import sys
import time
import zlib


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Sink:
    """Counts what is written; keeps nothing."""

    def __init__(self):
        self.bytes = 0

    def write(self, data):
        self.bytes += len(data)
        return len(data)

    def flush(self):
        pass


class CheckedSink(Sink):
    """Also keeps a CRC-32 of what is written."""

    def __init__(self):
        super().__init__()
        self.crc = 0

    def write(self, data):
        self.crc = zlib.crc32(data, self.crc)
        return super().write(data)


def serve(version, rows, run):
    """`run(sink)` does the work once and writes its bytes to the sink."""
    answer({"ready": version})
    for line in sys.stdin:
        if line.strip() == "check":
            sink = CheckedSink()
            run(sink)
            answer({"rows": rows, "bytes": sink.bytes, "checksum": "%08x" % sink.crc})
            continue
        sink = Sink()
        cpu = cpu_seconds()
        started = time.perf_counter()
        run(sink)
        seconds = time.perf_counter() - started
        answer({"seconds": seconds, "cpuSeconds": cpu_seconds() - cpu, "rows": rows, "bytes": sink.bytes})


def answer(value):
    print(json.dumps(value), flush=True)
