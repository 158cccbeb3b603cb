import { CodecError } from "../errors.ts";
import { ByteSink } from "../wire/byte-sink.ts";
import { RecordTooLarge } from "../wire/chunked-writer.ts";
import { crcStart, crcValue, feed4 } from "../wire/crc32c.ts";
import { int64, splitNumber } from "../wire/int64.ts";
import { endMetricsTag, endRecordTag, metricsTag, packChecksumTag, recordCountTag } from "./stream-tags.ts";

/** The bytes of a finished pack, or the rest of them after {@link RecordPack.drain}. */
export interface SealedPack {
  /** The bytes not yet drained, in order; they belong to the caller. */
  readonly chunks: readonly Uint8Array[];
  /** Sum of the lengths of `chunks`. */
  readonly byteLength: number;
  /** Rows of the whole pack. */
  readonly recordCount: number;
  /** CRC-32C of all record checksums, as in the footer. */
  readonly checksum: number;
}

/** What {@link RecordPack.seal} adds to the footer. */
export interface SealOptions {
  /** JSON text of the metrics block that servers send with downloads to clients of tunnel version 6 and later. */
  readonly metrics?: string;
}

/** A record pack as bytes: records behind one another, then the footer. What a record is made of is for others. */
export class PackBody {
  /** Takes the fields of the record that is being written. */
  readonly sink: ByteSink;
  /** Records that were ended, and others on their way into {@link sink}. */
  recordCount = 0;
  /** Running checksum of the records' checksums. */
  packCrc: number = crcStart;
  readonly maxRecordBytes: number;
  #drainedBytes = 0;

  constructor(chunkBytes: number, maxRecordBytes: number) {
    this.sink = new ByteSink(chunkBytes, maxRecordBytes);
    this.maxRecordBytes = maxRecordBytes;
  }

  /** Bytes of the records ended since the start, {@link seal} or {@link clear}, drained or not. */
  get byteLength(): number {
    return this.#drainedBytes + this.sink.byteLength;
  }

  /** Ends the record whose fields are in the sink. */
  endRecord(): void {
    const sink = this.sink;
    const crc = sink.endRecord(endRecordTag);
    if (sink.recordBytes > this.maxRecordBytes) throw new RecordTooLarge();
    this.packCrc = feed4(this.packCrc, crc);
    this.recordCount++;
    sink.keepRecord();
  }

  /** Hands over the bytes written since the last time. */
  drain(): Uint8Array[] {
    const chunks = this.sink.takeChunks();
    for (const chunk of chunks) this.#drainedBytes += chunk.length;
    return chunks;
  }

  /** Ends the pack with its footer and hands over all that was not drained. */
  seal(options: SealOptions): SealedPack {
    const sink = this.sink;
    const checksum = crcValue(this.packCrc);
    const recordCount = this.recordCount;
    sink.ensure(14);
    sink.tag(recordCountTag);
    splitNumber(recordCount);
    sink.zigzag64(int64.low, int64.high);
    if (options.metrics !== undefined) writeMetrics(sink, options.metrics);
    sink.ensure(10);
    sink.tag(packChecksumTag);
    sink.uint32(checksum);
    sink.keepRecord();
    const byteLength = sink.byteLength;
    const chunks = sink.takeChunks();
    this.clear();
    return { chunks, byteLength, recordCount, checksum };
  }

  /** Drops all records and bytes. */
  clear(): void {
    this.sink.takeChunks();
    this.sink.shrink();
    this.recordCount = 0;
    this.#drainedBytes = 0;
    this.packCrc = crcStart;
  }
}

/** Checksummed as if it were a record with one field. */
function writeMetrics(sink: ByteSink, metrics: string): void {
  sink.crc = feed4(crcStart, 1);
  sink.ensure(5);
  sink.tag(metricsTag);
  if (sink.lengthAndText(metrics) < 0) {
    sink.dropRecord();
    throw new CodecError("invalid-text", "Expected metrics without lone surrogates");
  }
  sink.ensure(9);
  sink.tag(endMetricsTag);
  sink.uint32(crcValue(sink.crc));
}
