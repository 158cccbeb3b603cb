import { Builder } from "flatbuffers";
import type { ArrowType } from "./arrow-type.ts";
import type { BatchParts } from "./column-builders.ts";

/** A column of a stream that carries its schema. */
export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
}

/** Numbers that Arrow's format gives to versions, message headers and types. */
const version5 = 4;
const header = { schema: 1, recordBatch: 3 } as const;
const typeIds = {
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  map: 17,
} as const;

/** Bytes that end a stream with a schema. */
export const endOfStream: Uint8Array = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** An encapsulated record batch message in one array. */
export function batchMessage(rowCount: number, { nodes, buffers }: BatchParts): Uint8Array {
  const places: (readonly [offset: number, length: number])[] = [];
  let bodyBytes = 0;
  for (const buffer of buffers) {
    places.push([bodyBytes, buffer.length]);
    bodyBytes += padded(buffer.length);
  }
  const builder = new Builder(256 + (nodes.length + buffers.length) * 16);
  const buffersAt = pairs(builder, places);
  const nodesAt = pairs(builder, nodes);
  builder.startObject(4);
  builder.addFieldInt64(0, BigInt(rowCount), 0n);
  builder.addFieldOffset(1, nodesAt, 0);
  builder.addFieldOffset(2, buffersAt, 0);
  const batch = builder.endObject();
  const message = encapsulated(builder, { type: header.recordBatch, at: batch, bodyBytes });
  const bodyStart = message.length - bodyBytes;
  for (const [index, buffer] of buffers.entries()) {
    message.set(buffer, bodyStart + (places[index]?.[0] ?? 0));
  }
  return message;
}

/** The encapsulated message that begins a stream with its schema. */
export function schemaMessage(fields: readonly ArrowField[]): Uint8Array {
  const builder = new Builder(1024);
  const list = offsetVector(
    builder,
    fields.map((field) => fieldTable(builder, field, true)),
  );
  builder.startObject(4);
  builder.addFieldOffset(1, list, 0);
  return encapsulated(builder, { type: header.schema, at: builder.endObject(), bodyBytes: 0 });
}

function encapsulated(
  builder: Builder,
  { type, at, bodyBytes }: { readonly type: number; readonly at: number; readonly bodyBytes: number },
): Uint8Array {
  builder.startObject(5);
  builder.addFieldInt16(0, version5, 0);
  builder.addFieldInt8(1, type, 0);
  builder.addFieldOffset(2, at, 0);
  builder.addFieldInt64(3, BigInt(bodyBytes), 0n);
  builder.finish(builder.endObject());
  const metadata = builder.asUint8Array();
  const metadataBytes = padded(metadata.length);
  const message = new Uint8Array(8 + metadataBytes + bodyBytes);
  const view = new DataView(message.buffer);
  view.setUint32(0, 0xffffffff, true);
  view.setUint32(4, metadataBytes, true);
  message.set(metadata, 8);
  return message;
}

function pairs(builder: Builder, entries: readonly (readonly [number, number])[]): number {
  builder.startVector(16, entries.length, 8);
  for (const [first, second] of entries.toReversed()) {
    builder.prep(8, 16);
    builder.writeInt64(BigInt(second));
    builder.writeInt64(BigInt(first));
  }
  return builder.endVector();
}

function fieldTable(builder: Builder, { name, type }: ArrowField, nullable: boolean): number {
  const children = childrenOf(type).map((child) => fieldTable(builder, child, child.nullable));
  const childrenAt = offsetVector(builder, children);
  const nameAt = builder.createString(name);
  const { id, at } = typeTable(builder, type);
  builder.startObject(7);
  builder.addFieldOffset(0, nameAt, 0);
  builder.addFieldInt8(1, nullable ? 1 : 0, 0);
  builder.addFieldInt8(2, id, 0);
  builder.addFieldOffset(3, at, 0);
  builder.addFieldOffset(5, childrenAt, 0);
  return builder.endObject();
}

function childrenOf(type: ArrowType): readonly (ArrowField & { readonly nullable: boolean })[] {
  switch (type.kind) {
    case "seconds-nanos":
      return [
        { name: "sec", type: { kind: "int", bytes: 8 }, nullable: true },
        { name: "nano", type: { kind: "int", bytes: 4 }, nullable: true },
      ];
    case "list":
      return [{ name: "item", type: type.element, nullable: true }];
    case "map": {
      const fields = [
        { name: "key", type: type.key },
        { name: "value", type: type.value },
      ];
      return [{ name: "entries", type: { kind: "struct", fields }, nullable: false }];
    }
    case "struct":
      return type.fields.map((field) => ({ ...field, nullable: true }));
    default:
      return [];
  }
}

/** Writes the table that describes a type; simple types have an empty one. */
function typeTable(builder: Builder, type: ArrowType): { readonly id: number; readonly at: number } {
  builder.startObject(3);
  switch (type.kind) {
    case "int":
      builder.addFieldInt32(0, type.bytes * 8, 0);
      builder.addFieldInt8(1, 1, 0);
      break;
    case "float":
      builder.addFieldInt16(0, type.bytes === 4 ? 1 : 2, 0);
      break;
    case "decimal":
      builder.addFieldInt32(0, type.precision, 0);
      builder.addFieldInt32(1, type.scale, 0);
      builder.addFieldInt32(2, type.bytes * 8, 128);
      break;
    case "date":
      // Days are 0, and what is left out means milliseconds.
      builder.addFieldInt16(0, 0, 1);
      break;
    case "timestamp":
      builder.addFieldInt16(0, type.unit === "ms" ? 1 : 3, 0);
      break;
    case "day-time":
      builder.addFieldInt16(0, 1, 0);
      break;
    default:
      break;
  }
  const at = builder.endObject();
  switch (type.kind) {
    case "day-time":
    case "year-month":
      return { id: typeIds.interval, at };
    case "seconds-nanos":
      return { id: typeIds.struct, at };
    default:
      return { id: typeIds[type.kind], at };
  }
}

function offsetVector(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) {
    builder.addOffset(offset);
  }
  return builder.endVector();
}

function padded(length: number): number {
  return (length + 7) & ~7;
}
