import { ArrowFrameReader, type ColumnSpec, isCodecError } from "@maxcompute-tunnel/codec";
import { arrowRows } from "./arrow-rows.ts";
import type { BatchReport, BodyFault, BodyReport } from "./body-report.ts";

/** Whether a body is Arrow's: framed, it begins with the upper byte of a chunk size, which no record stream does. */
export function looksLikeArrow(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && (bytes[0] === 0 || isContinuation(bytes, 0));
}

/** Takes an Arrow body apart: frames, then record batches; the rows only where the columns are known. */
export async function inspectArrow(
  bytes: Uint8Array,
  schema: readonly ColumnSpec[] | undefined,
  rows: number,
): Promise<BodyReport> {
  const isFramed = !isContinuation(bytes, 0);
  const { payload, checksum, fault: badFrame } = isFramed ? unframe(bytes) : unframed(bytes);
  const { batches, fault: badMessage } = readBatches(payload);
  const whole = batches.reduce((end, batch) => Math.max(end, batch.offset + batch.bytes), 0);
  let fault = badFrame ?? badMessage;
  let read: Awaited<ReturnType<typeof arrowRows>> = { rows: [], nulls: [] };
  if (schema !== undefined && batches.length > 0) {
    try {
      read = await arrowRows(payload.subarray(0, whole), schema, rows);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      fault ??= {
        code: "wrong-columns",
        message: `The batches do not fit the columns: ${reason}`,
        offset: 0,
      };
    }
  }
  return {
    format: isFramed ? "Arrow body" : "Arrow stream without frames",
    records: batches.reduce((sum, batch) => sum + batch.rows, 0),
    checksum,
    metrics: undefined,
    columns: (schema ?? []).map(({ name, type }, index) => ({
      name,
      type,
      nulls: read.nulls[index],
      alike: undefined,
      isSure: undefined,
    })),
    isGuessed: false,
    rows: read.rows,
    batches,
    fault,
  };
}

interface Payload {
  readonly payload: Uint8Array;
  readonly checksum: number | undefined;
  readonly fault: BodyFault | undefined;
}

function unframed(bytes: Uint8Array): Payload {
  return { payload: bytes, checksum: undefined, fault: undefined };
}

function unframe(bytes: Uint8Array): Payload {
  const reader = new ArrowFrameReader();
  const pieces: Uint8Array[] = [];
  let fault: BodyFault | undefined;
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      pieces.push(...reader.push(bytes.subarray(at, at + pieceBytes)));
    }
    pieces.push(...reader.end());
  } catch (error) {
    if (!isCodecError(error)) throw error;
    fault = { code: error.code, message: error.message, offset: error.offset ?? bytes.length };
  }
  const total = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0);
  return { payload: Buffer.concat(pieces), checksum: fault === undefined ? total : undefined, fault };
}

/** Walks the encapsulated messages: a mark, the length of the metadata, the metadata, the body. */
function readBatches(payload: Uint8Array): {
  readonly batches: readonly BatchReport[];
  readonly fault: BodyFault | undefined;
} {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const batches: BatchReport[] = [];
  const broken = (at: number, message: string): { batches: BatchReport[]; fault: BodyFault } => {
    return { batches, fault: { code: "bad-message", message: `Payload byte ${at}: ${message}`, offset: at } };
  };
  for (let at = 0; at < payload.length; ) {
    if (at + 8 > payload.length) return broken(at, "a message breaks off");
    if (!isContinuation(payload, at)) return broken(at, "expected the mark FFFFFFFF of a message");
    const metadataBytes = view.getInt32(at + 4, true);
    if (metadataBytes === 0) break;
    const metadataStart = at + 8;
    if (metadataBytes < 0 || metadataStart + metadataBytes > payload.length) {
      return broken(at, "the metadata of a message breaks off");
    }
    const metadata = readMetadata(payload.subarray(metadataStart, metadataStart + metadataBytes));
    if (metadata === undefined) return broken(metadataStart, "the metadata of a message cannot be read");
    const end = metadataStart + metadataBytes + metadata.bodyBytes;
    if (end > payload.length) return broken(at, "the body of a message breaks off");
    if (metadata.isBatch) batches.push({ offset: at, bytes: end - at, rows: metadata.rows });
    at = end;
  }
  return { batches, fault: undefined };
}

/** The three facts that are needed of a message's flat table. */
function readMetadata(
  bytes: Uint8Array,
): { readonly isBatch: boolean; readonly bodyBytes: number; readonly rows: number } | undefined {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const field = (table: number, index: number): number | undefined => {
      const vtable = table - view.getInt32(table, true);
      const slot = 4 + 2 * index;
      const offset = slot < view.getUint16(vtable, true) ? view.getUint16(vtable + slot, true) : 0;
      return offset === 0 ? undefined : table + offset;
    };
    const message = view.getUint32(0, true);
    const headerType = field(message, 1);
    const header = field(message, 2);
    const bodyLength = field(message, 3);
    const isBatch = headerType !== undefined && view.getUint8(headerType) === recordBatch;
    const batch = header === undefined ? undefined : header + view.getUint32(header, true);
    const length = batch === undefined ? undefined : field(batch, 0);
    const read = (at: number | undefined): number =>
      at === undefined ? 0 : Number(view.getBigInt64(at, true));
    const bodyBytes = read(bodyLength);
    const rows = isBatch ? read(length) : 0;
    return bodyBytes < 0 || rows < 0 ? undefined : { isBatch, bodyBytes, rows };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isContinuation(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && bytes[at + 1] === 0xff && bytes[at + 2] === 0xff && bytes[at + 3] === 0xff;
}

const recordBatch = 3;
const pieceBytes = 65_536;
