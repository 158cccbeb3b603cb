import { crc32c } from "@maxcompute-tunnel/codec";
import { WriterError } from "../errors.ts";
import { parseFact } from "./parse-fact.ts";
import type { UploadFact } from "./upload-fact.ts";

/**
 * Journals as text: a line for the header and one for each fact, each of them eight hex digits of checksum, a blank,
 * JSON and a newline. The checksum is the CRC-32C of the JSON, begun with the checksum of the line before, so that no
 * line can be changed, taken out, doubled or moved without a trace.
 */
export interface JournalText {
  readonly facts: readonly UploadFact[];
  /** Length of the lines that are whole; what follows was being written when the writer ended. */
  readonly wholeBytes: number;
  /** Checksum of the last whole line, for the next one to go on from; 0 where there is not even a header. */
  readonly checksum: number;
}

/** One line, with the checksum that the next one goes on from. */
export function journalLine(
  value: unknown,
  previous: number,
): { readonly bytes: Uint8Array; readonly checksum: number } {
  const json = encoder.encode(JSON.stringify(value));
  const checksum = crc32c(json, previous);
  const bytes = new Uint8Array(json.length + checksumLength + 2);
  bytes.set(encoder.encode(`${hex(checksum)} `));
  bytes.set(json, checksumLength + 1);
  bytes[bytes.length - 1] = newline;
  return { bytes, checksum };
}

/** What the line of a fact says: the fact, with its time as people read it in front. */
export function factInWords({ at, kind, ...facts }: UploadFact): unknown {
  return { at: inWords(at), kind, ...facts };
}

/** What the first line of every journal says. */
export const journalHeader = { journal: "maxcompute-tunnel upload", version: 1 } as const;

/**
 * Reads a journal. An end that was torn off is left out: what was in it never counted as written. Damage that has a
 * whole line behind it is an error, since what it said may have mattered.
 *
 * @param path for messages
 * @throws WriterError `journal-damaged`, with the line
 */
export function parseJournal(bytes: Uint8Array, path: string): JournalText {
  const facts: UploadFact[] = [];
  let checksum = 0;
  let wholeBytes = 0;
  let line = 0;
  for (;;) {
    const end = bytes.indexOf(newline, wholeBytes);
    const text = bytes.subarray(wholeBytes, end < 0 ? bytes.length : end);
    if (end < 0 && text.length === 0) return { facts, wholeBytes, checksum };
    line += 1;
    const read = end < 0 ? undefined : readLine(text, checksum);
    if (line === 1 && (read === undefined ? !isTornHeader(bytes) : !isHeader(read.value)))
      throw notOurs(path, read?.value);
    if (read === undefined) {
      if (end >= 0 && hasWholeLine(bytes, wholeBytes)) {
        throw damaged(path, line, "does not have its checksum, and others follow it");
      }
      return { facts, wholeBytes, checksum };
    }
    if (line > 1) {
      const fact = parseFact(withTime(read.value));
      if (fact === undefined) throw damaged(path, line, "holds no fact that this version knows");
      facts.push(fact);
    }
    checksum = read.checksum;
    wholeBytes = end + 1;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const newline = 0x0a;
const checksumLength = 8;

function readLine(
  line: Uint8Array,
  previous: number,
): { readonly value: unknown; readonly checksum: number } | undefined {
  const written = checksumOf(line);
  if (written === undefined) return undefined;
  if (crc32c(line.subarray(checksumLength + 1), previous) !== written) return undefined;
  const json = jsonOf(line);
  return json === undefined ? undefined : { value: json.value, checksum: written };
}

function jsonOf(line: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(decoder.decode(line.subarray(checksumLength + 1))) };
  } catch {
    return undefined;
  }
}

function inWords(at: number): string | number {
  const date = new Date(at);
  // Only whole milliseconds within reach of a date come back as they were.
  return Number.isNaN(date.getTime()) || date.getTime() !== at ? at : date.toISOString();
}

function withTime(value: unknown): unknown {
  const at = (value as { readonly at?: unknown } | null)?.at;
  return typeof at === "string" ? { ...(value as object), at: Date.parse(at) } : value;
}

/** The checksum that a line begins with. */
function checksumOf(line: Uint8Array): number | undefined {
  if (line.length <= checksumLength || line[checksumLength] !== 0x20) return undefined;
  let value = 0;
  for (let i = 0; i < checksumLength; i++) {
    const digit = "0123456789abcdef".indexOf(String.fromCharCode(line[i] ?? 0));
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

/** Whether some line behind the one at `from` looks whole; its checksum cannot be told without the lines before. */
function hasWholeLine(bytes: Uint8Array, from: number): boolean {
  let start = bytes.indexOf(newline, from) + 1;
  for (let end = bytes.indexOf(newline, start); end >= 0; end = bytes.indexOf(newline, start)) {
    const line = bytes.subarray(start, end);
    if (checksumOf(line) !== undefined && jsonOf(line) !== undefined) return true;
    start = end + 1;
  }
  return false;
}

/** Whether this is as much of a header as was written before the writer ended. */
function isTornHeader(bytes: Uint8Array): boolean {
  const whole = journalLine(journalHeader, 0).bytes;
  return bytes.every((byte, index) => byte === 0 || byte === whole[index]);
}

function isHeader(value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(journalHeader);
}

function notOurs(path: string, header: unknown): WriterError {
  const version = (header as { readonly version?: unknown } | undefined)?.version;
  return damaged(
    path,
    1,
    typeof version === "number" && version > journalHeader.version
      ? `says that it was written in version ${version} of the format; this version reads ${journalHeader.version}`
      : "is not the header of an upload's journal",
  );
}

function damaged(path: string, line: number, what: string): WriterError {
  return new WriterError(`Line ${line} of the journal ${path} ${what}. Nothing was done with it`, {
    code: "journal-damaged",
    line,
  });
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(checksumLength, "0");
}
