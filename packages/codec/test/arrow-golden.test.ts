import { createHash } from "node:crypto";
import { inflateSync, zstdDecompressSync } from "node:zlib";
import { arrowSchema, batchMessages, batchRows, readBatches } from "@maxcompute-tunnel/testkit/arrow";
import { RecordBatch, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { ArrowPack } from "../src/arrow/index.ts";
import {
  ArrowFrameReader,
  type ColumnSpec,
  crc32c,
  decodeRecords,
  frameArrow,
  parseColumns,
  unframeArrow,
} from "../src/index.ts";
import { fromGolden, goldenCases } from "./golden-values.ts";

interface BatchCase {
  readonly name: string;
  readonly schema: readonly ColumnSpec[];
  readonly batch_rows: readonly number[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly messages: readonly (readonly [number, number, number])[];
  readonly payload_length: number;
  readonly framed_length: number;
  readonly framed_sha256: string;
  readonly total_crc32c: number;
  readonly framed_base64?: string;
  readonly body_base64?: string;
  readonly content_encoding?: "deflate" | "zstd";
}

const all = goldenCases<BatchCase>("arrow-batches");
const inflaters = { deflate: inflateSync, zstd: zstdDecompressSync };
/** Every case whose bytes are in the file, decompressed where they are compressed. */
const cases = all.flatMap((golden) => {
  const { framed_base64, body_base64, content_encoding } = golden;
  if (framed_base64 !== undefined) return [{ ...golden, framed: Buffer.from(framed_base64, "base64") }];
  if (body_base64 === undefined || content_encoding === undefined) return [];
  return [{ ...golden, framed: inflaters[content_encoding](Buffer.from(body_base64, "base64")) }];
});

describe("Arrow bodies that PyODPS sends", () => {
  it("are all here: 22 with their bytes, 2 compressed, 4 by a rule", () => {
    expect(all).toHaveLength(cases.length + 4);
    expect(cases.filter(({ content_encoding }) => content_encoding !== undefined)).toHaveLength(2);
  });

  it.each(cases)(
    "$name unframes to its messages",
    ({ framed, framed_sha256, payload_length, messages, total_crc32c }) => {
      expect(createHash("sha256").update(framed).digest("hex")).toBe(framed_sha256);
      const payload = unframeArrow(framed);
      expect(payload).toHaveLength(payload_length);
      expect(crc32c(payload)).toBe(total_crc32c);
      expect(messageLengths(payload)).toEqual(messages);
    },
  );

  it.each(cases)("$name has its payload framed to the same bytes", ({ framed }) => {
    const reader = new ArrowFrameReader();
    const payload = Buffer.concat([...reader.push(framed), ...reader.end()]);
    expect(Buffer.from(frameArrow(payload)).equals(framed)).toBe(true);
  });

  it.each(cases)("$name decodes to its rows", (golden) => {
    const batches = readBatches(parseColumns(golden.schema), unframeArrow(golden.framed));
    const rows = batches.flatMap((batch) => batchRows(parseColumns(golden.schema), batch));
    expect(batches.map((batch) => batch.numRows)).toEqual(golden.batch_rows);
    expect(rows).toEqual(asCompared(golden.schema, golden.rows ?? ruleRows(golden.name)));
  });
});

describe("batches that PyODPS sends, as record packs", () => {
  it.each(cases)("$name has its rows", (golden) => {
    const columns = parseColumns(golden.schema);
    // The file's rows as decoding gives them; decimals have as many digits here as in Arrow.
    const meant = asCompared(golden.schema, golden.rows ?? ruleRows(golden.name)).map((row) =>
      row.map((value, index) => fromGolden(columns[index]!.type, value)),
    );
    for (const kernel of ["auto", "js"] as const) {
      const pack = new ArrowPack(golden.schema, { kernel, checks: "received" });
      for (const batch of readBatches(columns, unframeArrow(golden.framed))) pack.append(batch);
      const bytes = Buffer.concat(pack.seal().chunks);
      const rows = [...decodeRecords(golden.schema, bytes, { rowShape: "array" })];
      expect(asCompared(golden.schema, rows as unknown as unknown[][])).toEqual(meant);
    }
  });
});

describe("Arrow bodies of our own", () => {
  it("carry a value over three chunks", () => {
    const columns = [{ name: "c0", type: "binary" }];
    const value = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);
    const payload = binaryBatch(columns, [value]);
    const framed = frameArrow(payload);
    expect(framed.length).toBe(payload.length + 4 + 3 * 4 + 4);
    expect(rowsOf(columns, unframeArrow(framed))).toEqual([[{ hex: Buffer.from(value).toString("hex") }]]);
  });

  it("carry batches whose borders fall on chunk borders, and those that do not", () => {
    const columns = [{ name: "c0", type: "binary" }];
    const head = binaryBatch(columns, [Uint8Array.of(1, 2, 3), null]);
    const tail = binaryBatch(columns, [new TextEncoder().encode("tail")]);
    const payload = Buffer.concat([head, tail]);
    for (const chunkBytes of [head.length, 16, 7, payload.length, 1_000_000]) {
      const framed = frameArrow(payload, { chunkBytes });
      expect(rowsOf(columns, unframeArrow(framed))).toEqual([
        [{ hex: "010203" }],
        [null],
        [{ hex: "7461696c" }],
      ]);
    }
  });

  it("carry two thousand rows over three chunks, by the rule of larger_than_one_chunk", () => {
    const columns = all.find(({ name }) => name === "larger_than_one_chunk")?.schema ?? [];
    const numbers = Array.from({ length: 2000 }, (_, index) => index);
    const fields = arrowSchema(parseColumns(columns)).fields;
    const values: unknown[][] = [
      numbers.map((index) => BigInt(index * 7919)),
      numbers.map((index) => index * 1.25),
      numbers.map((index) => `user_${index % 1000}`),
      numbers.map((index) => (index % 7 === 0 ? null : `note for row number ${index} with some more text`)),
    ];
    const children = fields.map((field, index) => [
      field.name,
      vectorFromArray(values[index]!, field.type).data[0]!,
    ]);
    const batch = new RecordBatch(Object.fromEntries(children));
    const payload = batchMessages(batch.schema, [batch]);
    expect(payload.length).toBeGreaterThan(65_536 * 2);
    expect(rowsOf(columns, unframeArrow(frameArrow(payload)))).toEqual(
      numbers.map((row) => [String(row * 7919), values[1]![row], values[2]![row], values[3]![row]]),
    );
  });
});

function binaryBatch(columns: readonly ColumnSpec[], values: readonly (Uint8Array | null)[]): Uint8Array {
  const schema = arrowSchema(parseColumns(columns));
  const vector = vectorFromArray([...values], schema.fields[0]!.type);
  const batch = new RecordBatch({ c0: vector.data[0]! });
  return batchMessages(batch.schema, [batch]);
}

function rowsOf(columns: readonly ColumnSpec[], payload: Uint8Array): unknown[] {
  return readBatches(parseColumns(columns), payload).flatMap((batch) =>
    batchRows(parseColumns(columns), batch),
  );
}

/** Total, metadata and body length of each encapsulated message. */
function messageLengths(payload: Uint8Array): number[][] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const lengths: number[][] = [];
  for (let at = 0; at < payload.length; ) {
    expect(view.getUint32(at, true)).toBe(0xffffffff);
    const metadata = view.getUint32(at + 4, true);
    const root = at + 8 + view.getUint32(at + 8, true);
    const table = root - view.getInt32(root, true);
    // Fourth field of the flatbuffer table `Message`: bodyLength.
    const body = Number(view.getBigInt64(root + view.getUint16(table + 4 + 3 * 2, true), true));
    lengths.push([8 + metadata + body, metadata, body]);
    at += 8 + metadata + body;
  }
  return lengths;
}

/** Decimals are compared as numbers: zeros at the end of a fraction say nothing. */
function asCompared(columns: readonly ColumnSpec[], rows: readonly (readonly unknown[])[]): unknown[][] {
  const short = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(short)
      : typeof value === "string" && /^-?\d+\.\d+$/.test(value)
        ? value.replace(/\.?0+$/, "")
        : value;
  return rows.map((row) =>
    row.map((value, index) => (columns[index]?.type.includes("decimal") ? short(value) : value)),
  );
}

/** `compressed_*`: c0 = i, c1 = 'value ' + (i mod 10), c2 = NULL when i mod 3 = 0 else i/4. */
function ruleRows(name: string): unknown[][] {
  expect(name).toMatch(/^compressed_/);
  return Array.from({ length: 200 }, (_, index) => [
    String(index),
    `value ${index % 10}`,
    index % 3 === 0 ? null : index / 4,
  ]);
}
