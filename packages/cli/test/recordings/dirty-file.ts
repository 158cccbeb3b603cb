/** A table with a column of most types. */
export const dirtyTable: string =
  "create table dirty (id bigint not null, tiny tinyint, whole int, single float, price decimal(10,2), yes boolean, " +
  "day date, at datetime, short varchar(5), words string, doc json, tags array<int>, raw binary)";

const header = "id,tiny,whole,single,price,yes,day,at,short,words,doc,tags,raw";
const good = [
  "7",
  "1",
  "2.5",
  "9.50",
  "true",
  "2024-02-29",
  "2024-05-06 07:08:09",
  "abc",
  "word",
  "{}",
  "[1]",
  "AA==",
];

/** A good record, with some of its fields written otherwise. */
function record(id: string, fields: Readonly<Record<number, string>> = {}): string {
  const quoted = good.map((field, at) => fields[at + 1] ?? (/["{[]/.test(field) ? `"${field}"` : field));
  return [id, ...quoted].join(",");
}

/** One record that does not fit, and how it is mended. */
interface DirtyRecord {
  readonly what: string;
  readonly raw: string | Uint8Array;
  readonly mended: string;
}

const long = "x".repeat(8 * 1024 * 1024 + 1);

function bad(id: number, what: string, raw: string | Uint8Array): DirtyRecord {
  return { what, raw, mended: record(String(id)) };
}

/** One record for every kind of fault that a delimited file can have. */
export const dirtyRecords: readonly DirtyRecord[] = [
  bad(2, "too few fields", "2,7,1"),
  bad(3, "too many fields", `${record("3")},more`),
  bad(4, "NULL in a column that is NOT NULL", record("")),
  bad(5, "no number", record("five")),
  bad(6, "beyond bigint", record("9223372036854775808")),
  bad(7, "beyond tinyint", record("7", { 1: "128" })),
  bad(8, "a fraction in a whole number", record("8", { 2: "1.5" })),
  bad(9, "beyond float", record("9", { 3: "1e39" })),
  bad(10, "more digits than the scale", record("10", { 4: "1.234" })),
  bad(11, "more digits than the precision", record("11", { 4: "123456789.00" })),
  bad(12, "no boolean", record("12", { 5: "maybe" })),
  bad(13, "no date", record("13", { 6: "06/05/2024" })),
  bad(14, "a day that does not exist", record("14", { 6: "2023-02-29" })),
  bad(15, "an hour that does not exist", record("15", { 7: "2024-05-06 25:00:00" })),
  bad(16, "finer than milliseconds", record("16", { 7: "2024-05-06 07:08:09.1234" })),
  bad(17, "more characters than the column holds", record("17", { 8: "abcdéf" })),
  bad(18, "bytes that are no UTF-8", latin1(record("18", { 9: "caf\u00e9" }))),
  bad(19, "a field larger than the service takes", record("19", { 9: long })),
  bad(20, "no JSON", record("20", { 10: '"{""a"":}"' })),
  bad(21, "a nested value of another type", record("21", { 11: '"[1,""x""]"' })),
  bad(22, "a nested value beyond its type", record("22", { 11: '"[1,99999999999]"' })),
  bad(23, "no base64", record("23", { 12: "%%%" })),
  bad(24, "a quote inside a field", record("24", { 9: 'wo"rd' })),
  bad(25, "text behind a closing quote", record("25", { 9: '"word"s' })),
];

const unclosed: DirtyRecord = bad(26, "a quote that is never closed", record("26", { 12: '"AA==' }));

/** The file: a good record, all the bad ones, another good one, and a quote that is never closed. */
export function dirtyFile(): Uint8Array {
  const lines = [header, record("1"), ...dirtyRecords.map(({ raw }) => raw), record("27"), unclosed.raw];
  return Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.from("\n")]));
}

/** How each rejected record is mended, by the number of its line. */
export const mendedByLine: ReadonlyMap<number, string> = new Map([
  ...dirtyRecords.map(({ mended }, at) => [at + 3, mended] as const),
  [dirtyRecords.length + 4, unclosed.mended],
]);

/** The ids of the records once all are mended. */
export const mendedIds: readonly bigint[] = Array.from({ length: 27 }, (_, at) => BigInt(at + 1));

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
