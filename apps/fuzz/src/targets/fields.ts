// @boundaries-ignore parsers are fuzzed in their sources
import { CodecError, RecordPack } from "../../../../packages/codec/src/index.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  type ColumnConverter,
  compileColumns,
  JsonFault,
  parseTimeZone,
  readJsonText,
  type TextConversion,
  ValueRefused,
} from "../../../../packages/codec/src/text/index.ts";
import type { FuzzTarget } from "../fuzz-target.ts";

/** Types, with texts of their values; whatever is put into one of them stands in a field of delimited text and in JSON. */
const texts: Readonly<Record<string, readonly string[]>> = {
  tinyint: ["-128", "+7", " 12 "],
  bigint: ["9223372036854775807", "-000000000000000000001", "12345"],
  float: ["1.5", "-Infinity", "1e39", "nan", "16777217"],
  double: ["1e308", "1e309", "-0", "+inf", ".5", "0.1"],
  boolean: ["true", "FALSE", "0", "1", "ja"],
  "decimal(38,10)": ["1234567890.0123456789", "-1.5e-3", "12e7", "+.5", "1e101", "0.99999999995", "00.10"],
  "decimal(5,2)": ["999.995", "1.005", "-0.001"],
  date: ["2024-02-29", "2023-02-29", "2024-13-01", "0000-00-00"],
  datetime: [
    "2024-05-06 07:08:09",
    "2024-05-06T07:08:09.123Z",
    "2024-05-06 07:08",
    "2024-05-06 25:61:61",
    "2024-03-10 02:30:00",
  ],
  timestamp: [
    "2024-05-06 07:08:09.123456789+08:00",
    "2024-05-06T07:08:09.9999999996-0530",
    "2024-05-06",
    "2024-05-06 07:08:09+19",
  ],
  timestamp_ntz: ["2024-05-06 07:08:09.5", "2024-05-06 07:08:09Z"],
  interval_day_time: ["3 04:05:06.5", "-0 00:00:01.5", "-1 00:00:00", "1 24:00:00"],
  interval_year_month: ["1-06", "-9999-11", "1-12"],
  "varchar(4)": ["abcd", "größe", " a "],
  binary: ["AAEC", "AAE=", "0aFF", "A", "abc", "-_8"],
  geography: ["0101", "0G", "010"],
  json: ['{"a":[1,{"b":null}]}', '"\\ud83d\\ude00"', "1e5", "tru"],
  "array<boolean>": ['[true,"ja",0,null,[]]', "[]", '[false,"1"]'],
  "map<string,int>": [
    '{"a":1,"b":null}',
    '[["a",1],["b",null]]',
    '{"a":1,"a":2}',
    '[["a"]]',
    '[["a",1,2]]',
    "[1]",
    "1",
  ],
  "map<date,array<double>>": ['{"2024-02-29":[1.5,"NaN"]}', '[["2024-02-30",[]]]', '{"x":[]}'],
  "map<array<int>,int>": ["[[[1],2]]", '{"a":1}'],
  "struct<x:int,Y:struct<z:timestamp>>": [
    '{"X":1,"y":{"z":"2024-05-06"}}',
    '{"x":1,"x":2}',
    '{"q":1}',
    "[]",
    "null",
  ],
  "vector(float,2)": ["[1,2.5]", '["NaN",1]', "[1]"],
};

const conversions: readonly TextConversion[] = [
  {},
  { binary: "hex", rounding: "half-up", trim: "all", timeZone: parseTimeZone("America/New_York").name },
  {
    binary: "text",
    rounding: "half-up-decimals",
    booleans: { true: ["ja", "true"], false: ["nein"] },
    patterns: [{ column: "c", pattern: "^[^=,/]+$", expected: "a value without = , or /" }],
  },
  { datePattern: "dd.MM.yyyy", datetimePattern: "yyyy-MM-dd HH:mm:ss.SSS" },
];

const seeds = Object.entries(texts).flatMap(([type, all]) => all.map((text) => ({ type, text })));
const compiled = new Map(
  Object.keys(texts).map((type) => [
    type,
    conversions.map((conversion) => ({
      column: compileColumns([{ name: "c", type }], conversion)[0]!,
      pack: new RecordPack<readonly [unknown]>([{ name: "c", type }]),
    })),
  ]),
);

/** One value as a field of delimited text and as JSON: what both take must be the same bytes in a record. */
export const fields: FuzzTarget = {
  name: "values in text and in JSON",
  share: 40,
  seeds: seeds.map(({ text }) => new TextEncoder().encode(text)),
  words: [
    "-",
    "+",
    ".",
    "e",
    "0",
    "9".repeat(20),
    ":",
    "T",
    "Z",
    "+08:00",
    "0",
    "1",
    "5",
    "9",
    "null",
    '"',
    "[",
    "]",
    "{",
    "}",
    ",",
    " ",
    "\t",
    "31.12.2024",
  ],
  read(bytes, seed) {
    const { type } = seeds[seed]!;
    const which = bytes.length % conversions.length;
    const { column, pack } = compiled.get(type)![which]!;
    const encoded = (read: () => unknown): string | undefined => encode(pack, read);
    const asField = encoded(() => column.fromField(bytes, 0, bytes.length));
    // Where a field stands makes no difference.
    const framed = new Uint8Array(bytes.length + 2).fill(0x31);
    framed.set(bytes, 1);
    expectSame(
      asField,
      encoded(() => column.fromField(framed, 1, bytes.length + 1)),
      "elsewhere",
    );
    const text = textOf(bytes);
    if (text !== undefined) {
      const asJson = encoded(() => fromJson(column, text, conversions[which]!));
      expectSame(asField, asJson, "in JSON");
    }
    return asField === undefined ? "refused" : "taken";
  },
};

/** The value as it stands in JSON: types that are written as JSON anyway as they are, the others as a text. */
function fromJson(column: ColumnConverter, text: string, { trim }: TextConversion): unknown {
  const { kind } = column;
  if (kind === "json" || kind === "array" || kind === "map" || kind === "struct" || kind === "vector") {
    return readJsonText(text, column.fromJson);
  }
  // Blanks of a text are not trimmed in JSON, which says where it begins and ends.
  const isTrimmed = trim === "all" && (kind === "varchar" || kind === "string" || kind === "char");
  return readJsonText(
    JSON.stringify(isTrimmed ? text.replace(/^[ \t]+|[ \t]+$/g, "") : text),
    column.fromJson,
  );
}

function encode(pack: RecordPack<readonly [unknown]>, read: () => unknown): string | undefined {
  try {
    pack.append([read()]);
  } catch (error) {
    if (error instanceof ValueRefused || error instanceof JsonFault || error instanceof CodecError)
      return undefined;
    throw error;
  }
  return Buffer.concat(pack.seal().chunks).toString("latin1");
}

function expectSame(field: string | undefined, other: string | undefined, where: string): void {
  if (field !== other) throw new Error(`a field reads as ${shown(field)}, and ${where} as ${shown(other)}`);
}

function shown(encoded: string | undefined): string {
  return encoded === undefined ? "nothing" : Buffer.from(encoded, "latin1").toString("hex");
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
