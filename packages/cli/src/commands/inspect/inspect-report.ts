import type { TextSink } from "../../cli-io.ts";
import { formatBytes, formatCount, formatCounted } from "../../report/figures.ts";
import type { BodyReport } from "./body-report.ts";
import type { BodyCompression } from "./unpack-body.ts";

/** The file that a body was read from. */
export interface InspectedFile {
  readonly file: string;
  readonly compression: BodyCompression;
  readonly packedBytes: number;
  /** Without the compression. */
  readonly bytes: number;
}

/** What was found, for programs. */
export function bodyJson(file: InspectedFile, body: BodyReport, dump: readonly string[]): object {
  const { fault, rows, columns, batches, ...facts } = body;
  const shown = rows.map((row) =>
    Object.fromEntries(row.map((value, index) => [columns[index]!.name, plain(value)])),
  );
  return {
    ok: fault === undefined,
    command: "inspect",
    ...file,
    ...facts,
    columns,
    batches,
    rows: shown,
    fault: fault === undefined ? undefined : { ...fault, dump },
  };
}

/** The same for people. */
export function writeBody(
  sink: TextSink,
  file: InspectedFile,
  body: BodyReport,
  dump: readonly string[],
): void {
  const lines = [heading(file, body), `  ${countLine(body)}`];
  if (body.metrics !== undefined) lines.push(`  metrics: ${body.metrics}`);
  lines.push(...columnLines(body), ...batchLines(body), ...rowLines(body));
  if (body.fault !== undefined) {
    lines.push(`  breaks here: ${body.fault.message}`, ...dump.map((line) => `    ${line}`));
  }
  sink.write(`${lines.join("\n")}\n`);
}

function heading({ file, compression, packedBytes, bytes }: InspectedFile, { format }: BodyReport): string {
  const size =
    compression === "none"
      ? `not compressed, ${formatBytes(bytes)}`
      : `${compression}, ${formatBytes(packedBytes)} (${formatBytes(bytes)} without)`;
  return `${file}: ${format}, ${size}`;
}

function countLine({ format, records, checksum, batches, fault }: BodyReport): string {
  const noun = format === "record pack" ? "record" : "row";
  const of =
    batches === undefined ? "" : ` in ${formatCounted(batches.length, "batch").replace(/hs$/, "hes")}`;
  const count = `${formatCounted(records, noun)}${of}`;
  if (checksum !== undefined) return `${count}; every checksum is right, the last is ${hex(checksum)}`;
  return fault === undefined
    ? `${count}; there are no checksums`
    : `${count}, whole and right, before it breaks`;
}

function columnLines({ columns, isGuessed, records }: BodyReport): string[] {
  if (columns.length === 0) return [];
  const width = Math.max(...columns.map(({ name }) => name.length));
  const lines = columns.map(({ name, type, nulls, alike, isSure }, index) => {
    const facts: string[] = [];
    if (nulls !== undefined)
      facts.push(nulls === records && records > 0 ? "always NULL" : `${formatCount(nulls)} NULL`);
    if (alike !== undefined && alike.length > 0) facts.push(`or ${alike.join(", ")}`);
    if (isSure === false) facts.push("not borne out by a checksum");
    return `    ${String(index + 1).padStart(3)}  ${name.padEnd(width)}  ${type}${facts.length === 0 ? "" : `  (${facts.join("; ")})`}`;
  });
  return [isGuessed ? "  columns, guessed from the bytes:" : "  columns:", ...lines];
}

function batchLines({ batches }: BodyReport): string[] {
  if (batches === undefined || batches.length === 0) return [];
  const shown = batches
    .slice(0, mostBatches)
    .map(
      ({ offset, bytes, rows }, index) =>
        `    ${String(index + 1).padStart(3)}  at byte ${offset} of the payload: ${formatCounted(rows, "row")}, ${formatBytes(bytes)}`,
    );
  const more = batches.length - shown.length;
  return ["  batches:", ...shown, ...(more > 0 ? [`    … and ${formatCount(more)} more`] : [])];
}

function rowLines({ rows, columns }: BodyReport): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map((row, index) => {
    const members = row.map((value, column) => `${columns[column]!.name}=${shownValue(value)}`);
    return `    ${String(index).padStart(3)}  ${members.join("  ")}`;
  });
  return [`  first ${formatCounted(rows.length, "row")}:`, ...lines];
}

function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  const text = JSON.stringify(plain(value)) ?? String(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}… (${text.length} characters)` : text;
}

/** A value as JSON can say it: whole numbers beyond 2^53 and decimals as text, bytes as hexadecimal digits. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n
      ? Number(value)
      : String(value);
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([key, inner]) => [plain(key), plain(inner)]);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

const mostBatches = 20;
const longestValue = 120;
