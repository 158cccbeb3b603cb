import { CodecError } from "../errors.ts";
import { textOfBytes } from "./convert/field-text.ts";
import { ValueRefused } from "./convert/value-refused.ts";
import { resolveDialect, type TextDialect } from "./dialect.ts";
import { RecordScanner } from "./scan/record-scanner.ts";
import { faultTexts } from "./scan/text-fault.ts";

/** The fields of one record as text, and what comes after it. */
export interface TextRecord {
  readonly fields: readonly string[];
  /** Where each field begins, its quote included. */
  readonly offsets: readonly number[];
  /** Whether each field stood in quotes. */
  readonly quoted: readonly boolean[];
  /** Where the next record begins. */
  readonly next: number;
  /** What the record's line ended with, where that could be told. */
  readonly lineEnd: "lf" | "cr" | undefined;
}

/**
 * Reads the first record of a text, such as a header.
 *
 * @param options.start where it begins. @default 0
 * @param options.final whether nothing follows after the bytes. @default true
 * @returns `undefined` when there is none, or, unless `final`, when it is not whole.
 * @throws CodecError for a record that is malformed or not UTF-8, with the offset.
 */
export function readRecord(
  bytes: Uint8Array,
  dialect: TextDialect = {},
  options: { readonly start?: number; readonly final?: boolean } = {},
): TextRecord | undefined {
  const { start = 0, final = true } = options;
  const scanner = new RecordScanner(resolveDialect(dialect));
  switch (scanner.scan(bytes, start, bytes.length, final)) {
    case "record":
      break;
    case "fault":
      throw new CodecError(scanner.fault, `byte ${scanner.faultAt}: ${faultTexts[scanner.fault]}`, {
        offset: scanner.faultAt,
      });
    default:
      return undefined;
  }
  const indexes = Array.from({ length: scanner.count }, (_, field) => field);
  return {
    fields: indexes.map((field) => fieldText(scanner, bytes, field)),
    offsets: indexes.map((field) => scanner.start(field) - (scanner.quoted(field) ? 1 : 0)),
    quoted: indexes.map((field) => scanner.quoted(field)),
    next: scanner.next,
    lineEnd: scanner.lineEnd === 0 ? undefined : scanner.lineEnd === 0x0d ? "cr" : "lf",
  };
}

function fieldText(scanner: RecordScanner, bytes: Uint8Array, field: number): string {
  try {
    if (!scanner.escaped(field)) return textOfBytes(bytes, scanner.start(field), scanner.end(field));
    const text = scanner.unescape(bytes, field);
    return textOfBytes(text, 0, text.length);
  } catch (cause) {
    if (!(cause instanceof ValueRefused)) throw cause;
    const offset = scanner.start(field);
    throw new CodecError(cause.code, `byte ${offset}: Expected ${cause.message}`, { offset, cause });
  }
}
