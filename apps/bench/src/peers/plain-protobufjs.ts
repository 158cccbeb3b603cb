import protobuf from "protobufjs";
import type { SyntheticRow } from "../data/synthetic-rows.ts";

/**
 * protobufjs as its own README has it used: a message type, `encodeDelimited` into one writer, `decodeDelimited` until
 * the bytes end. It generates code for the type, computes no checksums, checks no ranges, and is handed 64-bit integers
 * as plain numbers, because it writes a `bigint` as zero.
 */
const Row = new protobuf.Type("Row");
const fields = [
  ["id", "sint64"],
  ["amount", "double"],
  ["user", "string"],
  ["city", "string"],
  ["note", "string"],
  ["created", "sint64"],
  ["active", "bool"],
  ["price", "string"],
  ["quantity", "sint64"],
  ["ratio", "double"],
] as const;
for (const [index, [name, type]] of fields.entries()) Row.add(new protobuf.Field(name, index + 1, type));
new protobuf.Root().add(Row);

export type PlainRow = Readonly<Record<string, unknown>>;

/** A row as protobufjs wants it; making these is not part of what is measured. */
export function toPlainRow(row: SyntheticRow): PlainRow {
  return { ...row, id: Number(row.id), created: Number(row.created), quantity: Number(row.quantity) };
}

export function encodePlain(rows: readonly PlainRow[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const row of rows) Row.encodeDelimited(row, writer);
  return writer.finish();
}

/** Gives how many rows there were. */
export function decodePlain(bytes: Uint8Array): number {
  const reader = protobuf.Reader.create(bytes);
  let rows = 0;
  for (; reader.pos < reader.len; rows++) Row.decodeDelimited(reader);
  return rows;
}
