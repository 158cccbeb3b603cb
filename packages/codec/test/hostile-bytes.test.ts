import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CodecError,
  type ColumnSpec,
  crc32c,
  type DecodeOptions,
  decodeRecords,
  encodeRecords,
  RecordStreamDecoder,
  RecordStreamValidator,
} from "../src/index.ts";
import { fromHex, goldenCases, toHex } from "./golden-values.ts";

const endRecord = "80c0ff7f";
const countTag = "f0ffff7f";
const packChecksumTag = "f8ffff7f";

/** `three_records` of the golden files: (1,'a'), (2,NULL), (NULL,'c') of bigint and string. */
const records = `080212016180c0ff7fea91d2b205` + `080480c0ff7fa3b6a6c308` + `12016380c0ff7ffb939bbe04`;
const footer = `${countTag}06${packChecksumTag}ddebefdf08`;
const columns = [
  { name: "id", type: "bigint" },
  { name: "name", type: "string" },
];

describe("each kind of bad bytes has its own error", () => {
  it.each([
    ["checksum-mismatch", `080212016180c0ff7feb91d2b205`, { row: 0, offset: 9 }],
    ["record-count-mismatch", `${records}${countTag}08`, { row: 3 }],
    ["pack-checksum-mismatch", `${records}${countTag}06${packChecksumTag}deebefdf08`, { row: 3 }],
    ["trailing-bytes", `${records}${footer}00`, { row: 3, offset: 51 }],
    ["missing-footer", records, { row: 3, offset: 37 }],
    ["missing-footer", "", { row: 0, offset: 0 }],
    ["truncated", records.slice(0, 20), { row: 0 }],
    ["truncated", `${records}12`, { row: 3 }],
    ["truncated", `${records}${countTag}06`, { row: 3 }],
    ["truncated", `${records}${footer.slice(0, -2)}`, { row: 3 }],
    ["unknown-field", `${records}1802`, { row: 3, offset: 37 }],
    ["wrong-wire-type", "0a0161", { row: 0, column: "id", offset: 0 }],
    ["duplicate-field", "08020804", { row: 0, column: "id", offset: 2 }],
    ["bad-tag", "00", { row: 0, offset: 0 }],
    ["bad-tag", `0802${countTag}02`, { row: 0, offset: 2 }],
    ["bad-tag", "80808080808001", { row: 0, offset: 0 }],
    ["bad-tag", `80e0ff7f00`, { row: 0, offset: 0 }],
    ["bad-tag", `${records}${countTag}06${endRecord}00`, { row: 3, offset: 42 }],
    ["bad-varint", "08ffffffffffffffffff02", { row: 0, column: "id", offset: 1 }],
    ["bad-varint", `08ffffffffffffffffffff01`, { row: 0, column: "id", offset: 1 }],
    ["bad-varint", `${endRecord}8080808010`, { row: 0 }],
    ["bad-length", "1203ff", { row: 0, column: "name", offset: 1 }],
    ["bad-length", "12ffffffff0f61", { row: 0, column: "name", offset: 1 }],
    ["bad-length", "12ffffffffffffffffff01", { row: 0, column: "name", offset: 1 }],
    ["bad-utf8", `1201ff${endRecord}00`, { row: 0, column: "name", offset: 1 }],
  ] as const)("%s: %s", (code, hex, facts) => {
    expect(errorOf(columns, hex)).toMatchObject({ code, ...facts });
  });

  it.each([
    ["out-of-range", "tinyint", "088002", "c0"],
    ["out-of-range", "smallint", "0880808002", "c0"],
    ["out-of-range", "int", "088080808010", "c0"],
    ["out-of-range", "date", "08c282e602", "c0"],
    ["out-of-range", "date", "08f5e457", "c0"],
    ["out-of-range", "datetime", "08ffffffffffffffffff01", "c0"],
    ["bad-flag", "boolean", "0802", "c0"],
    ["bad-flag", "array<int>", "0a0102", "c0[0]"],
    ["bad-flag", "struct<a:int,b:int>", "0a000203", "c0.b"],
    ["bad-nanos", "timestamp", "0a00 80a8d6b907", "c0"],
    ["bad-nanos", "timestamp_ntz", "0a00 01", "c0"],
    ["bad-nanos", "interval_day_time", "0a00 80808080808001", "c0"],
    ["bad-decimal", "decimal(10,2)", "0a 03 31 2c 35", "c0"],
    ["bad-decimal", "decimal(10,2)", "0a 03 4e 61 4e", "c0"],
    ["bad-decimal", "decimal", "0a 00", "c0"],
    ["bad-count", "array<string>", "0a ffffffff07 00", "c0"],
    ["bad-count", "array<string>", "0a ffffffffffffffffff01 00", "c0"],
    ["bad-count", "map<int,int>", "0a 01 00 02 02 00 00", "c0"],
    ["bad-count", "array<array<int>>", "0a 02 00 00 00 09", "c0[1]"],
    ["bad-count", "vector(float,3)", "0a 02 00000000 00000000", "c0"],
    ["bad-utf8", "map<string,json>", "0a 01 00 01 61 01 00 01 ff", "c0[value 0]"],
    ["bad-length", "array<struct<a:string>>", "0a 01 00 00 7f", "c0[0].a"],
  ])("%s: %s as %s", (code, type, hex, path) => {
    const error = errorOf([{ name: "c0", type }], hex.replaceAll(" ", ""));
    expect(error).toMatchObject({ code, row: 0, column: "c0", path });
  });

  it("takes bytes instead of bad UTF-8 when asked to", () => {
    const bytes = withChecksums("1201ff", Uint8Array.of(2, 0, 0, 0, 0xff));
    expect(decodeRecords(columns, bytes, { invalidUtf8: "bytes" })).toEqual([
      { id: null, name: Uint8Array.of(0xff) },
    ]);
  });

  it("holds a metrics block against its checksum, and refuses it where it may not be", () => {
    const [golden] = goldenCases("download-streams");
    const hex = golden?.hex ?? "";
    expect(errorOf(columns, hex.replace("96e3a0bf0b", "97e3a0bf0b")).code).toBe("metrics-checksum-mismatch");
    expect(errorOf(columns, hex, { metrics: "refuse" }).code).toBe("metrics-not-allowed");
    expect(errorOf(columns, hex.replace("80f0ff7f", "f8ffff7f")).code).toBe("bad-tag");
  });

  it("takes checksums sign-extended to ten bytes, as PyODPS's compiled writer sends them", () => {
    const hex = (records + footer)
      .replace("a3b6a6c308", "a3b6a6c3f8ffffffff01")
      .replace("ddebefdf08", "ddebefdff8ffffffff01");
    expect(decodeRecords(columns, fromHex(hex))).toHaveLength(3);
    const validator = new RecordStreamValidator(columns);
    for (const byte of fromHex(hex)) validator.push(Uint8Array.of(byte));
    expect(validator.end()).toEqual({ recordCount: 3, checksum: 2348545501 });
  });

  it("takes fields in any order", () => {
    const bytes = withChecksums(
      "120161 0802".replace(" ", ""),
      Uint8Array.of(2, 0, 0, 0, 0x61, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
    );
    expect(decodeRecords(columns, bytes)).toEqual([{ id: 1n, name: "a" }]);
  });

  it("refuses to go on after an error", () => {
    const decoder = new RecordStreamDecoder(columns);
    expect(() => decoder.push(Uint8Array.of(0))).toThrow("byte 0: Expected");
    expect(() => decoder.push(fromHex(records))).toThrow("Expected no call after an error");
    expect(() => decoder.end()).toThrow("Expected no call after an error");
  });

  it("stops at the limits for fields and records", () => {
    const long = `12 8101 ${"61".repeat(129)}`.replaceAll(" ", "");
    expect(errorOf(columns, long, { maxFieldBytes: 128 }).code).toBe("field-too-large");
    expect(errorOf(columns, long, { maxRecordBytes: 100 }).code).toBe("bad-length");
    const decoder = new RecordStreamDecoder([{ name: "c", type: "array<int>" }], { maxRecordBytes: 100 });
    expect(() => {
      decoder.push(fromHex("0a60"));
      for (let at = 0; at < 100; at++) decoder.push(fromHex("008001"));
    }).toThrow("Expected a record of at most 100 bytes");
  });
});

describe("a server refuses what the service would", () => {
  it.each([
    ["null-not-allowed", "string", "", "c0"],
    ["out-of-range", "datetime", "0880f0fea1fa9d73", "c0"],
    ["out-of-range", "datetime", "0881d099f5e2a01c", "c0"],
    ["out-of-range", "timestamp", "0a 8086a2ffdf0e 00", "c0"],
    ["out-of-range", "date", "08 c282e602", "c0"],
    ["out-of-range", "interval_year_month", "08ead20e", "c0"],
    ["too-long", "char(2)", "0a 03 616263", "c0"],
    ["too-long", "array<varchar(1)>", "0a 02 00 01 61 00 06 e4b8ade69687", "c0[1]"],
    ["out-of-range", "decimal(4,2)", "0a 03 313233", "c0"],
    ["inexact", "decimal(4,2)", "0a 05 312e323334", "c0"],
    ["bad-decimal", "decimal(4,2)", "0a 12 5f5f506172736546726f6d56616c75655f5f", "c0"],
  ])("%s: %s as %s", (code, type, hex, path) => {
    const column = { name: "c0", type, nullable: false };
    const validator = new RecordStreamValidator([column]);
    const stream = `${hex.replaceAll(" ", "")}${hex === "" ? endRecord : ""}${hex === "" ? "00" : ""}`;
    expect(caught(() => validator.push(fromHex(stream)))).toMatchObject({ code, column: "c0", path });
  });

  it("takes bigint -2^63, which PyODPS and Go send", () => {
    for (const kernel of ["auto", "js"] as const) {
      const validator = new RecordStreamValidator([{ name: "c0", type: "bigint" }], { kernel });
      const row = encodeRecords([{ name: "c0", type: "bigint" }], [[-(2n ** 63n)]], { checks: "received" });
      validator.push(row);
      expect(validator.end().recordCount).toBe(1);
    }
  });

  it("takes padded, signed and exponent decimals, two-unit characters, and any bytes for a string", () => {
    for (const [type, hex] of [
      ["decimal(4,2)", "0a 05 2b312e3530"],
      ["decimal(4,2)", "0a 06 303031322e35"],
      ["decimal(4,0)", "0a 04 31452b33"],
      ["decimal(4,2)", "0a 08 312e3530303030 30"],
      ["char(1)", "0a 04 f09f9880"],
      ["string", "0a 02 fffe"],
      ["json", "0a 01 7b"],
    ] as const) {
      const validator = new RecordStreamValidator([{ name: "c0", type }]);
      expect(validator.push(fromHex(hex.replaceAll(" ", "")))).toBe(0);
    }
  });
});

describe("mutated streams", () => {
  const cases = [...goldenCases("record-packs"), ...goldenCases("server-captures")];
  const anyCase = fc.constantFrom(...cases);
  const anyChange = fc.record({
    at: fc.nat(),
    byte: fc.nat(255),
    kind: fc.constantFrom("set", "insert", "delete", "cut"),
  });

  it("either decode or fail with a CodecError, the same whole and in pieces", () => {
    fc.assert(
      fc.property(anyCase, fc.array(anyChange, { minLength: 1, maxLength: 4 }), (golden, changes) => {
        const bytes = changes.reduce(changed, fromHex(golden.hex));
        const whole = outcome(() => decodeRecords(golden.schema, bytes, { invalidUtf8: "bytes" }));
        const pieces = outcome(() => decodeByteByByte(golden.schema, bytes));
        expect(pieces.rows).toEqual(whole.rows);
        expect(pieces.failed).toBe(whole.failed);
        // What a server takes, a client can read.
        const validator = new RecordStreamValidator(golden.schema);
        const taken = outcome(() => {
          validator.push(bytes);
          validator.end();
        });
        if (!taken.failed) expect(whole.failed).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("either decode or fail with a CodecError when their checksums are made right again", () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), fc.nat(255), (golden, at, byte) => {
        const [first] = golden.record_crc32c ?? [];
        if (first === undefined) return;
        const bytes = fromHex(golden.hex);
        const end = bytes.length;
        const border = toHex(bytes).indexOf(endRecord) / 2;
        if (border < 1) return;
        bytes[at % border] = byte;
        // The checksum that the decoder computed is in its message: put it in and see what comes next.
        for (let turn = 0; turn < 3; turn++) {
          const error = outcome(() => decodeRecords(golden.schema, bytes.subarray(0, end))).error;
          if (!(error instanceof CodecError) || error.code !== "checksum-mismatch") return;
          const computed = Number(/0x[0-9a-f]{8}/.exec(error.expected ?? "")?.[0]);
          putVarint(bytes, border + 4, computed);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("never make a reader allocate by what a count or length claims", () => {
    const types = [
      "array<string>",
      "map<bigint,string>",
      "array<array<array<int>>>",
      "string",
      "vector(double,1000000)",
    ];
    for (const type of types) {
      const schema = [{ name: "c", type }];
      for (const claim of ["ffffff5f", "80808060", "c0843d"]) {
        const decoder = new RecordStreamDecoder(schema, { maxFieldBytes: 200_000_000 });
        const validator = new RecordStreamValidator(schema, { maxFieldBytes: 200_000_000 });
        const before = process.memoryUsage().arrayBuffers;
        for (const reader of [decoder, validator]) {
          outcome(() => reader.push(fromHex(`0a${claim}`)));
          outcome(() => reader.push(new Uint8Array(1000)));
        }
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
      }
    }
  });

  it("are gone through once, however small the pieces of a large nested value are", () => {
    const schema = [{ name: "c", type: "array<struct<a:array<string>,b:int>>" }];
    // 50,000 elements of ([ "x" ], 1), pushed one byte at a time: going through them again for each would not end.
    const element = fromHex("000001000178" + "0002");
    const decoder = new RecordStreamDecoder(schema);
    const validator = new RecordStreamValidator(schema);
    for (const byte of fromHex("0ad08603")) {
      decoder.push(Uint8Array.of(byte));
      validator.push(Uint8Array.of(byte));
    }
    for (let at = 0; at < 50_000; at++) {
      for (const byte of element) {
        decoder.push(Uint8Array.of(byte));
        validator.push(Uint8Array.of(byte));
      }
    }
    const values = Array.from({ length: 50_000 }, () => [0x78, 1, 0, 0, 0, 0, 0, 0, 0]).flat();
    const crc = crc32c(Uint8Array.from([1, 0, 0, 0, ...values]));
    const end = new Uint8Array(9);
    end.set(fromHex(endRecord));
    const length = putVarint(end, 4, crc);
    expect(validator.push(end.subarray(0, length))).toBe(1);
    const [row] = decoder.push(end.subarray(0, length)) as unknown as [{ c: unknown[] }];
    expect(row.c).toHaveLength(50_000);
    expect(row.c[49_999]).toEqual({ a: ["x"], b: 1 });
  });

  it("do not go round a large field that arrives in small pieces", () => {
    const decoder = new RecordStreamDecoder([{ name: "c", type: "string" }]);
    const text = new Uint8Array(4 * 1024 * 1024).fill(0x61);
    decoder.push(fromHex("0a80808002"));
    let early = 0;
    for (let at = 0; at < text.length; at += 16) early += decoder.push(text.subarray(at, at + 16)).length;
    expect(early).toBe(0);
    const end = new Uint8Array(9);
    end.set(fromHex(endRecord));
    const length = putVarint(end, 4, crc32c(text, crc32c(Uint8Array.of(1, 0, 0, 0))));
    const [row] = decoder.push(end.subarray(0, length));
    expect(String(row?.["c"])).toHaveLength(4 * 1024 * 1024);
  });
});

function errorOf(schema: readonly ColumnSpec[], hex: string, options: DecodeOptions = {}): CodecError {
  return caught(() => decodeRecords(schema, fromHex(hex), options));
}

function caught(run: () => unknown): CodecError {
  try {
    run();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("Expected a CodecError");
}

function outcome(run: () => unknown): { rows?: unknown; failed: boolean; error?: unknown } {
  try {
    return { rows: run(), failed: false };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return { failed: true, error };
  }
}

function decodeByteByByte(schema: readonly ColumnSpec[], bytes: Uint8Array): unknown[] {
  const decoder = new RecordStreamDecoder(schema, { invalidUtf8: "bytes" });
  const rows: unknown[] = [];
  for (const byte of bytes) rows.push(...decoder.push(Uint8Array.of(byte)));
  decoder.end();
  return rows;
}

function changed(
  bytes: Uint8Array,
  { at, byte, kind }: { readonly at: number; readonly byte: number; readonly kind: string },
): Uint8Array {
  const place = at % (bytes.length + 1);
  const before = bytes.subarray(0, place);
  if (kind === "cut") return before;
  const after = bytes.subarray(kind === "insert" ? place : place + 1);
  return Uint8Array.from([...before, ...(kind === "delete" ? [] : [byte]), ...after]);
}

/** One record of these fields, with the checksum of `fed`, and the footer. */
function withChecksums(fields: string, fed: Uint8Array): Uint8Array {
  const crc = crc32c(fed);
  const word = Uint8Array.of(crc, crc >>> 8, crc >>> 16, crc >>> 24);
  const out = new Uint8Array(fields.length / 2 + 40);
  out.set(fromHex(fields));
  let at = fields.length / 2;
  out.set(fromHex(endRecord), at);
  at = putVarint(out, at + 4, crc);
  out.set(fromHex(`${countTag}02${packChecksumTag}`), at);
  at = putVarint(out, at + 9, crc32c(word));
  return out.subarray(0, at);
}

/** Writes an unsigned 32-bit number as a varint and gives the place behind it. */
function putVarint(out: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 127; rest >>>= 7) out[at++] = (rest & 127) | 128;
  out[at++] = rest;
  return at;
}
