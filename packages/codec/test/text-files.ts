import type { ColumnSpec } from "../src/schema/table-schema.ts";
import {
  parseTimeZone,
  type TextConversion,
  type TextDialect,
  type TextPackOptions,
} from "../src/text/index.ts";

/** A text made at random, and how to read it. */
export interface TextCase {
  readonly columns: readonly ColumnSpec[];
  readonly options: TextPackOptions;
  readonly bytes: Uint8Array;
  readonly rows: number;
}

/** Numbers that look random and are the same for the same seed. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

type Random = (limit: number) => number;

/** A text of many rows: mostly plain ones, some of them odd, a few wrong in every way there is. */
export function textCase(seed: number, rows: number): TextCase {
  const random = randomFrom(seed);
  const pick = <Value>(values: readonly Value[]): Value => values[random(values.length)]!;
  const dialect = pick(dialects);
  const conversion = pick(conversions);
  const columns = Array.from({ length: 1 + random(8) }, (_, index) => ({
    name: `c${index}`,
    type: pick(types),
    nullable: random(5) > 0,
  }));
  const faults = pick([0, 0, 3, 40]);
  const parts: Uint8Array[] = [];
  const delimiter = dialect.delimiter ?? ",";
  const cr = dialect.lineEnd === "cr";
  const crlf = random(3) === 0;
  for (let row = 0; row < rows; row++) {
    const isFaulty = random(1000) < faults;
    const fields = columns.map(({ type }) => fieldText(type, dialect, random, isFaulty || random(50) === 0));
    if (isFaulty) spoil(fields, random);
    const end = dialect.recordDelimiter ?? (cr ? "\r" : crlf || random(40) === 0 ? "\r\n" : "\n");
    const isLast = row === rows - 1 && random(2) === 0;
    parts.push(encoder.encode(fields.join(delimiter) + (isLast ? "" : end)));
    if (isFaulty && random(4) === 0) parts.push(Uint8Array.of(0xff, 0xc3));
    if (random(300) === 0) parts.push(encoder.encode(end));
  }
  return {
    columns,
    options: { dialect, conversion, ...mapping(columns.length, random) },
    bytes: joined(parts),
    rows,
  };
}

/** Mostly by position; sometimes shuffled, with constants, or with fields that nobody wants. */
function mapping(count: number, random: Random): Pick<TextPackOptions, "fields" | "fieldCount"> {
  switch (random(6)) {
    case 0:
      return { fieldCount: "any" };
    case 1: {
      const fields = Array.from({ length: count }, (_, index) =>
        random(6) === 0 ? undefined : (count - 1 - index + random(2)) % count,
      );
      return { fields, fieldCount: count };
    }
    default:
      return {};
  }
}

const dialects: readonly TextDialect[] = [
  {},
  {},
  {},
  { delimiter: "\t", quote: null },
  { delimiter: "||" },
  { delimiter: "\u0001", recordDelimiter: "\n", nullMarkers: ["\\N"], quote: null, escape: "\\" },
  { delimiter: ";", escape: "\\", nullMarkers: ["", "NULL", "\\N"] },
  { delimiter: "|", recordDelimiter: "|\n", nullMarkers: ["NA"] },
  { lineEnd: "cr" },
  { nullMarkers: ["", "null"], nullIn: "any", blankLines: "row" },
  { delimiter: "¦", quote: "'", recordDelimiter: "\u001e" },
  { delimiter: " ", quote: "'", nullMarkers: ["-", "nothing at all, in more than eight bytes"] },
];

const conversions: readonly TextConversion[] = [
  {},
  {},
  { timeZone: "+05:30", rounding: "half-up" },
  { timeZone: parseTimeZone("America/New_York"), binary: "hex" },
  { timeZone: parseTimeZone("Asia/Shanghai"), trim: "all", binary: "text" },
  {
    datetimePattern: "dd/MM/yyyy HH:mm:ss",
    datePattern: "d.M.yyyy",
    booleans: { true: ["yes"], false: ["no"] },
  },
];

const types: readonly string[] = [
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "boolean",
  "string",
  "char(5)",
  "varchar(12)",
  "binary",
  "date",
  "datetime",
  "timestamp",
  "timestamp_ntz",
  "decimal(10,2)",
  "decimal(38,18)",
  "decimal",
  "interval_day_time",
  "interval_year_month",
  "json",
  "array<int>",
  "map<string,double>",
  "struct<a:bigint,b:string>",
];

/** What stands in a field, in quotes where the dialect needs them. */
function fieldText(type: string, dialect: TextDialect, random: Random, isOdd: boolean): string {
  const markers = dialect.nullMarkers ?? [""];
  if (random(8) === 0) return markers[random(markers.length)]!;
  const text =
    isOdd && random(2) === 0 ? oddText(random) : valueText(type.replace(/[<(].*/, ""), random, isOdd);
  return quoted(text, dialect, random);
}

function quoted(text: string, dialect: TextDialect, random: Random): string {
  const { delimiter = ",", quote = '"', recordDelimiter } = dialect;
  const escaping = dialect.escape ?? null;
  if (quote === null) {
    const ends = [delimiter, recordDelimiter ?? "\n", "\n", "\r"];
    if (escaping === null) return ends.some((end) => text.includes(end)) ? "plain" : text;
    const special = [escaping, delimiter, "\n", "\r"];
    return [...text]
      .map((character) => (special.includes(character) ? escaping + character : character))
      .join("");
  }
  const needs = [delimiter, quote, "\n", "\r", recordDelimiter ?? "\n"].some((part) => text.includes(part));
  if (!needs && random(5) > 0) return text;
  const mark = escaping ?? quote;
  const inner = [...text].map((character) =>
    character === quote || character === escaping ? mark + character : character,
  );
  return quote + inner.join("") + quote;
}

function valueText(type: string, random: Random, isOdd: boolean): string {
  const pick = (...texts: readonly string[]): string => texts[random(texts.length)]!;
  const digits = (count: number): string => Array.from({ length: count }, () => random(10)).join("");
  const sign = pick("", "", "-", isOdd ? "+" : "");
  const two = (limit: number): string => String(random(limit)).padStart(2, "0");
  const date = (): string =>
    `${pick("2024", "1999", "1970", "1900", "0001", "9999", isOdd ? "0000" : "2023")}-${two(isOdd ? 14 : 12).replace(/^00/, "10")}-${two(isOdd ? 32 : 28).replace(/^00/, "11")}`;
  const clock = (): string => `${two(isOdd ? 25 : 24)}:${two(60)}:${two(60)}`;
  switch (type) {
    case "tinyint":
      return sign + random(isOdd ? 200 : 100);
    case "smallint":
    case "int":
      return sign + digits(1 + random(isOdd ? 12 : 4)).replace(/^0+(?=\d)/, "");
    case "bigint":
      return pick(
        sign + digits(1 + random(isOdd ? 21 : 18)),
        isOdd ? "9223372036854775807" : "7",
        isOdd ? "-9223372036854775808" : "0",
      );
    case "float":
    case "double":
      return pick(
        `${sign}${digits(1 + random(6))}.${digits(1 + random(isOdd ? 25 : 12))}`,
        `${sign}${digits(1 + random(17))}`,
        `${sign}${digits(1)}.${digits(random(17))}e${pick("", "-", "+")}${random(isOdd ? 400 : 30)}`,
        isOdd ? pick("NaN", "-Infinity", "inf", ".5", "5.", "1e", "1e400", "-0") : "0.1",
        String(Math.fround(random(1 << 30) / 7919)),
      );
    case "boolean":
      return pick(
        "true",
        "false",
        "1",
        "0",
        "TRUE",
        isOdd ? "yes" : "False",
        isOdd ? "t" : "true",
        "no",
        "yes",
      );
    case "date":
      return pick(date(), date(), "5.3.2024", isOdd ? "2024-2-3" : date());
    case "datetime":
    case "timestamp":
    case "timestamp_ntz":
      return pick(
        `${date()} ${clock()}`,
        `${date()}T${clock()}`,
        `${date()} ${clock()}.${digits(1 + random(isOdd ? 11 : 3))}`,
        `${date()}T${clock()}${pick("Z", "z", "+08:00", "-0330", "+19:00", "+05")}`,
        `${date()} ${clock()}.${digits(3)}${pick("Z", " Z", "-11:59")}`,
        "05/03/2024 10:20:30",
        isOdd
          ? pick("2024-03-10 02:30:00", "2024-11-03 01:30:00", "2024-03-10 12:00:00", "1900-01-01 12:00:00")
          : date(),
      );
    case "decimal":
      return pick(
        `${sign}${digits(1 + random(8))}.${digits(1 + random(isOdd ? 20 : 2))}`,
        `${sign}${digits(1 + random(isOdd ? 40 : 8))}`,
        isOdd ? pick("1e3", "-.5", "5.", "0001.50", "1.500", "00000000001", "1.2.3", "-") : "12.50",
      );
    case "binary":
      return pick("", "AAAA", "3q2+7w==", "00ff", "abc", isOdd ? "AA=A" : "AQ==");
    case "interval_day_time":
      return pick("3 04:05:06.5", "-1 00:00:00", isOdd ? "3 25:00:00" : "0 00:00:01");
    case "interval_year_month":
      return pick("1-06", "-20-11", isOdd ? "1-12" : "0-00");
    case "json":
      return pick('{"a":[1,2.5,"x"]}', "null", "12", isOdd ? "{a}" : '"é"');
    case "array":
      return pick("[1,2,3]", "[]", "[null,-5]", isOdd ? '[1,"x"]' : "[7]", "null");
    case "map":
      return pick('{"a":1.5,"b":null}', "{}", isOdd ? '{"a":}' : '{"x":2}');
    case "struct":
      return pick('{"a":1,"b":"x"}', '{"b":null}', isOdd ? '{"c":1}' : "{}");
    default:
      return plainText(random, isOdd);
  }
}

function plainText(random: Random, isOdd: boolean): string {
  const words = [
    "a",
    "note",
    "München",
    "東京",
    "with, comma",
    "",
    " blanks ",
    "-",
    "😀",
    "x".repeat(random(isOdd ? 700 : 30)),
  ];
  if (isOdd)
    words.push(
      'say "hi"',
      "two\nlines",
      "cr\rlf\r\n",
      "back\\slash",
      "it's",
      "||",
      "\\N",
      "NULL",
      "\u0001",
      "\u001e",
    );
  let text = "";
  for (let count = random(3); count >= 0; count--) text += words[random(words.length)];
  return text;
}

function oddText(random: Random): string {
  const texts = [
    "x",
    "",
    " 42 ",
    "\t1.5 ",
    '"',
    '""',
    "1,2",
    "NULL",
    "\\N",
    "-",
    "+",
    "0x10",
    "١",
    "\\",
    "\u0000",
    "2024-02-30",
    "null",
  ];
  return texts[random(texts.length)]!;
}

/** Breaks a row that is well-formed. */
function spoil(fields: string[], random: Random): void {
  const at = random(fields.length);
  switch (random(7)) {
    case 0:
      fields.push("more");
      return;
    case 1:
      fields.pop();
      return;
    case 2:
      fields[at] = `a"b${fields[at]}`;
      return;
    case 3:
      fields[at] = `"a"b`;
      return;
    case 4:
      fields[at] += "\rx";
      return;
    case 5:
      fields[at] = `'${fields[at]}`;
      return;
    default:
      fields[at] = "?";
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const encoder = new TextEncoder();
