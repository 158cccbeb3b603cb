import { isDeepStrictEqual } from "node:util";
import { compileColumns } from "@maxcompute-tunnel/codec/text";
// @boundaries-ignore parsers are fuzzed in their sources
import { CodecError } from "../../../../packages/codec/src/index.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  JsonCursor,
  JsonFault,
  RecordSplitter,
  readRecord,
  TextPack,
  type TextRowReject,
} from "../../../../packages/codec/src/text/index.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { type TextCase, textCase } from "../../../../packages/codec/test/text-files.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { JsonRows } from "../../../../packages/files/src/format/json-rows.ts";
import { type FuzzGroup, type FuzzTarget, refusing } from "../fuzz-target.ts";
import { fields } from "./fields.ts";

/** Every tenth has a constant in its first column, which the column may not take. */
const cases: readonly TextCase[] = Array.from({ length: 60 }, (_, index) => {
  const usual = textCase(index + 1, 4);
  const made = index % 6 === 5 ? { ...usual, options: { ...usual.options, maxRecordBytes: 100 } } : usual;
  if (index % 10 > 0) return made;
  const constant = index % 20 === 0 ? "1" : null;
  const fields = made.columns.map((_column, at) => (at === 0 ? { constant } : at));
  return { ...made, options: { ...made.options, fields, fieldCount: "any" } };
});
const words = [
  '"',
  '""',
  ",",
  "\n",
  "\r\n",
  "\r",
  "NULL",
  "\\N",
  "2024-02-30",
  "1e400",
  "-0",
  "\ufeff",
  "\t",
  "{",
  "]",
];
/** Text that is long enough for the kernel to be used: the same bytes over and over. */
const kernelBytes = 4096;
/** A record so long that it is not looked at again with each piece. */
const longRecord = new Uint8Array(70_000).fill(0x61);

const packs: FuzzTarget = {
  name: "delimited text, by both engines",
  share: 22,
  seeds: cases.map(({ bytes }) => bytes),
  words,
  read(bytes, seed) {
    const isLong = bytes.length % 16 === 0;
    const isHuge = bytes.length % 128 === 3;
    const text = isHuge ? joined(longRecord, bytes) : isLong ? longer(bytes) : bytes;
    // Short texts are read without the kernel: cut in two or in many pieces, they must read the same.
    const pieceBytes = isHuge ? 5_000 : bytes.length % 5 === 1 ? 7 : Math.max(1, text.length >> 1);
    const quick = read(cases[seed]!, text, isLong ? "auto" : "js", pieceBytes);
    const plain = read(cases[seed]!, text, "js", Math.max(1, text.length));
    // A record that is too long is refused sooner when it comes in pieces.
    const isTooLong =
      cases[seed]!.options.maxRecordBytes !== undefined && shown([quick, plain]).includes("record-too-large");
    if (!isTooLong && !isDeepStrictEqual(quick, plain))
      throw new Error(`The engines differ: ${shown(quick)} and ${shown(plain)}`);
    if (plain.rows > text.length) throw new Error(`${plain.rows} rows of ${text.length} bytes`);
    return plain.rejects.length === 0 && plain.error === undefined ? "taken" : "refused";
  },
};

const splits: FuzzTarget = {
  name: "ends of text records, by both engines",
  share: 14,
  seeds: cases.map(({ bytes }) => bytes),
  words,
  read(bytes, seed) {
    const isLong = bytes.length % 16 === 0;
    const text = isLong ? longer(bytes) : bytes;
    const [quick, plain] = ([isLong ? "auto" : "js", "js"] as const).map((kernel, index) => {
      const splitter = new RecordSplitter(cases[seed]!.options.dialect, { kernel, cutEvery: 100 });
      return caught(() => {
        splitter.push(text.subarray(0, text.length >> (1 - index)));
        splitter.push(text.subarray(text.length >> (1 - index)));
        splitter.end();
        const { records, lines, cuts, lastRecordEnd, lineEnd } = splitter;
        return { records, lines, cuts, lastRecordEnd, lineEnd };
      });
    });
    if (!isDeepStrictEqual(quick, plain))
      throw new Error(`The engines differ: ${shown(quick)} and ${shown(plain)}`);
    return "taken";
  },
};

const headers: FuzzTarget = {
  name: "headers of text",
  share: 60,
  seeds: cases.map(({ bytes }) => bytes),
  words,
  read: (bytes, seed) => refusing(isCodecError, () => readRecord(bytes, cases[seed]!.options.dialect)),
};

const columns = [
  { name: "id", type: "bigint", nullable: false },
  { name: "text", type: "string" },
  { name: "price", type: "decimal(20,4)" },
  { name: "day", type: "date" },
  { name: "at", type: "timestamp" },
  { name: "bytes", type: "binary" },
  { name: "ok", type: "boolean" },
  { name: "ratio", type: "double" },
  { name: "tags", type: "array<string>" },
  { name: "sizes", type: "map<string,int>" },
  { name: "place", type: "struct<x:int,y:array<bigint>>" },
  { name: "json", type: "json" },
  { name: "weights", type: "vector(float,2)" },
  { name: "spot", type: "geography" },
  { name: "share", type: "float" },
  { name: "since", type: "datetime" },
  { name: "oks", type: "array<boolean>" },
] as const;
const conversions = [
  compileColumns(columns, {}),
  compileColumns(columns, {
    binary: "text",
    rounding: "half-up",
    booleans: { true: ["ja", "true"], false: ["nein"] },
  }),
];
const encoder = new TextEncoder();
const jsonSeeds = [
  '{"id":1,"text":"a\\u00e9\\n","price":"12.5","day":"2024-02-29","at":"2024-02-29T12:00:00.123456789Z"}\n',
  '{"id":"9223372036854775807","bytes":"AAEC","ok":true,"ratio":-1.5e-3,"tags":["a",null,"b"]}\n{"id":2}\r\n',
  '{"id":3,"sizes":{"a":1,"b":null},"place":{"x":1,"y":[1,2,3]},"json":{"a":[1,{"b":null}]}}\n',
  '{"id":4,"weights":[1,"NaN"],"spot":"0101","share":"-Infinity","since":"2024-02-29 12:00:00.1239","oks":[true,"ja","0"]}\n',
  '{"id":5,"share":1e39,"ratio":"inf","bytes":"text","sizes":[["a",1],["b",null]],"extra":{"x":[1]}}\n{"id":6}\n',
].map((text) => encoder.encode(text));
const jsonWords = [
  "{",
  "}",
  "[",
  "]",
  '"',
  ":",
  ",",
  "null",
  "true",
  "1e999",
  "-",
  "\\ud800",
  "[[[[[[[[",
  '{"id":',
  "\n",
];

const jsonLines: FuzzTarget = {
  name: "JSON lines",
  share: 50,
  seeds: jsonSeeds,
  words: jsonWords,
  read(bytes) {
    const cut = 1 + (bytes.length >> (bytes.length % 3));
    let rejects = 0;
    const isLenient = bytes.length % 2 === 0;
    const rows = new JsonRows(columns, conversions[bytes.length % 2]!, {
      map: {},
      partitionColumns: [],
      unknownFields: isLenient ? "ignore" : "refuse",
      constants: isLenient ? [[1, "constant"]] : [],
      maxFieldBytes: 8 * 1024 * 1024,
      onReject: () => {
        rejects++;
      },
    });
    return refusing(isCodecError, () => {
      for (let at = 0; at < bytes.length; at += cut) rows.push(bytes.subarray(at, at + cut));
      rows.end();
      const { recordCount, byteLength } = rows;
      if (recordCount > bytes.length || rows.drain().length > byteLength)
        throw new Error(`${recordCount} rows of ${bytes.length} bytes`);
      if (rows.seal().recordCount !== recordCount) throw new Error("the counts do not add up");
      if (rejects > 0) throw new CodecError("invalid-text", "rejected");
    });
  },
};

const json: FuzzTarget = {
  name: "JSON text against JSON.parse",
  share: 50,
  seeds: jsonSeeds.map((bytes) => bytes.subarray(0, bytes.indexOf(0x0a))),
  words: jsonWords,
  read(bytes) {
    const text = new TextDecoder().decode(bytes);
    const verdict = refusing(
      (error) => error instanceof JsonFault,
      () => {
        const cursor = new JsonCursor(text);
        cursor.readSource();
        cursor.readEnd();
      },
    );
    const theirs = refusing(
      (error) => error instanceof SyntaxError,
      () => JSON.parse(text),
    );
    if (verdict !== theirs) throw new Error(`${verdict} here, ${theirs} by JSON.parse`);
    return verdict;
  },
};

export const group: FuzzGroup = {
  targets: [packs, splits, headers, fields, jsonLines, json],
  files: [
    "packages/codec/src/text/scan/record-scanner.ts",
    "packages/codec/src/text/text-records.ts",
    "packages/codec/src/text/text-pack.ts",
    "packages/codec/src/text/pending-text.ts",
    "packages/codec/src/text/record-splitter.ts",
    "packages/codec/src/text/read-record.ts",
    "packages/codec/src/text/convert/json-cursor.ts",
    "packages/codec/src/text/convert/json-value.ts",
    "packages/codec/src/text/convert/scalar.ts",
    "packages/codec/src/text/convert/civil-time.ts",
    "packages/codec/src/text/convert/binary-text.ts",
    "packages/files/src/format/json-rows.ts",
  ],
};

interface Seen {
  readonly rows: number;
  readonly bytes: string;
  readonly rejects: readonly TextRowReject[];
  readonly consumed: number;
  readonly error: unknown;
  readonly lineEnd: "lf" | "cr" | undefined;
}

function read(
  { columns: of, options }: TextCase,
  bytes: Uint8Array,
  kernel: "auto" | "js",
  pieceBytes: number,
): Seen {
  const rejects: TextRowReject[] = [];
  const onReject = (reject: TextRowReject): void => void rejects.push(reject);
  const made = caught(() => new TextPack(of, { ...options, kernel, onReject }));
  if (made.value === undefined) {
    return { rows: 0, consumed: 0, rejects, error: made.error, lineEnd: undefined, bytes: "" };
  }
  const pack = made.value;
  const { error } = caught(() => {
    for (let at = 0; at < bytes.length; at += pieceBytes) pack.push(bytes.subarray(at, at + pieceBytes));
    pack.end();
  });
  const { recordCount: rows, consumedBytes: consumed, lineEnd } = pack;
  // Lines are those of an editor, blank ones those of the dialect: its records may end with something else.
  const mostBlankLines = options.dialect?.recordDelimiter === undefined ? pack.lines + 1 : bytes.length;
  if (pack.rejectedCount !== rejects.length || pack.blankLines > mostBlankLines || pack.byteLength < 0) {
    throw new Error("the counts do not add up");
  }
  const encoded = Buffer.concat([...pack.drain(), ...pack.seal().chunks]).toString("latin1");
  return { rows, consumed, rejects, error, lineEnd, bytes: encoded };
}

function caught<Value>(work: () => Value): { readonly value?: Value; readonly error?: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof CodecError) return { error: { ...error, message: error.message } };
    throw error;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function longer(bytes: Uint8Array): Uint8Array {
  const turns = Math.ceil(kernelBytes / Math.max(1, bytes.length));
  const text = new Uint8Array(turns * bytes.length);
  for (let turn = 0; turn < turns; turn++) text.set(bytes, turn * bytes.length);
  return text;
}

function isCodecError(error: unknown): boolean {
  return error instanceof Error && error.name === "CodecError";
}

function shown(seen: unknown): string {
  return JSON.stringify(seen, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}
