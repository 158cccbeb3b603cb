import * as types from "./arrow-types.ts";
import type { ColumnBatch, ColumnData } from "./column-data.ts";
import { byte, type Field, FlatBufferWriter, int, long, type Ref, ref, short } from "./flat-buffer.ts";

/**
 * Batches of columns as an Arrow IPC stream, which any Arrow implementation reads: the schema, the batches, the end.
 *
 * @param fields the columns, as {@link arrowFields} gives them: a stream says them even when it has no rows.
 */
export function encodeArrowStream(
  fields: readonly types.ArrowField[],
  batches: Iterable<ColumnBatch>,
): Uint8Array<ArrayBuffer> {
  const parts = [arrowSchemaMessage(fields)];
  for (const batch of batches) parts.push(arrowBatchMessage(batch));
  parts.push(arrowStreamEnd());
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The message that begins an Arrow IPC stream. Arrow uploads leave it out. */
export function arrowSchemaMessage(fields: readonly types.ArrowField[]): Uint8Array<ArrayBuffer> {
  const writer = new FlatBufferWriter();
  const schema = writer.table([short(0), ref(writer.refs(fields.map((field) => fieldTable(writer, field))))]);
  return message(writer, headerSchema, schema, 0);
}

/** A batch as one message of an Arrow IPC stream; such messages are what an Arrow upload consists of. */
export function arrowBatchMessage(batch: ColumnBatch): Uint8Array<ArrayBuffer> {
  const nodes: (readonly [number, number])[] = [];
  const buffers: Uint8Array[] = [];
  for (const column of batch.data.children) collect(column, nodes, buffers);
  const places: (readonly [number, number])[] = [];
  let bodyBytes = 0;
  for (const { length } of buffers) {
    places.push([bodyBytes, length]);
    bodyBytes += padded(length);
  }
  const writer = new FlatBufferWriter();
  const record = writer.table([long(batch.numRows), ref(writer.pairs(nodes)), ref(writer.pairs(places))]);
  const bytes = message(writer, headerRecordBatch, record, bodyBytes);
  const body = bytes.length - bodyBytes;
  buffers.forEach((buffer, index) => {
    bytes.set(buffer, body + places[index]![0]);
  });
  return bytes;
}

/** What ends an Arrow IPC stream. */
export function arrowStreamEnd(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
}

// What a message holds, in the Arrow format.
const headerSchema = 1;
const headerRecordBatch = 3;
/** Of the metadata: V5. */
const version = 4;

/** A message with room for its body, which is left zero. */
function message(
  writer: FlatBufferWriter,
  headerType: number,
  header: Ref,
  bodyBytes: number,
): Uint8Array<ArrayBuffer> {
  const root = writer.table([short(version), byte(headerType), ref(header), long(bodyBytes)]);
  const metadata = writer.finish(root);
  const bytes = new Uint8Array(8 + padded(metadata.length) + bodyBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xffff_ffff, true);
  view.setInt32(4, padded(metadata.length), true);
  bytes.set(metadata, 8);
  return bytes;
}

function fieldTable(writer: FlatBufferWriter, { name, type, nullable }: types.ArrowField): Ref {
  const children = writer.refs((type.children ?? []).map((child) => fieldTable(writer, child)));
  const text = writer.text(name);
  const typeTable = writer.table(parameters(writer, type));
  return writer.table([
    ref(text),
    byte(nullable ? 1 : 0),
    byte(type.typeId),
    ref(typeTable),
    undefined,
    ref(children),
  ]);
}

/** A type's own parameters, in the order of their slots. */
function parameters(writer: FlatBufferWriter, type: types.ArrowType): (Field | undefined)[] {
  switch (type.typeId) {
    case types.typeInt:
      return [int(type.bitWidth ?? 0), byte(type.isSigned ? 1 : 0)];
    case types.typeFloat:
      return [short(type.precision ?? 0)];
    case types.typeDecimal:
      return [int(type.precision ?? 0), int(type.scale ?? 0), int(type.bitWidth ?? 0)];
    case types.typeDate:
    case types.typeInterval:
      return [short(type.unit ?? 0)];
    case types.typeTimestamp: {
      const zone = type.timezone ?? undefined;
      return [short(type.unit ?? 0), zone === undefined ? undefined : ref(writer.text(zone))];
    }
    case types.typeFixedSizeList:
      return [int(type.listSize ?? 0)];
    case types.typeMap:
      return [byte(type.keysSorted ? 1 : 0)];
    default:
      return [];
  }
}

/** A column's node and buffers, then those of its children. */
function collect(column: ColumnData, nodes: (readonly [number, number])[], buffers: Uint8Array[]): void {
  nodes.push([column.length, column.nullCount]);
  buffers.push(column.nullBitmap ?? new Uint8Array(0));
  for (const buffer of [column.valueOffsets, column.values]) {
    if (buffer !== undefined)
      buffers.push(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
  }
  for (const child of column.children) collect(child, nodes, buffers);
}

function padded(length: number): number {
  return (length + 7) & ~7;
}
