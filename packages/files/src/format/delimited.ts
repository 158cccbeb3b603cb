import {
  isCodecError,
  RecordScanner,
  readRecord,
  resolveDialect,
  type TextConversion,
  type TextDialect,
  TextPack,
  type TextRecord,
} from "@maxcompute-tunnel/codec/text";
import { FilesError } from "../errors.ts";
import { type FieldMapping, mapFields } from "../mapping/field-mapping.ts";
import type { HeaderChoice } from "../mapping/header.ts";
import type { Format, InputSurvey, SurveyInput, SurveyRequest } from "./format.ts";
import { sampleText } from "./sample-text.ts";
import type { TextLayout } from "./text-layout.ts";
import { encodeText } from "./text-tasks.ts";

/** What a thread has to know to read delimited text. */
interface DelimitedSetup extends Pick<FieldMapping, "fields" | "fieldCount"> {
  readonly dialect: TextDialect;
  readonly conversion: TextConversion;
  readonly maxFieldBytes: number;
}

/** Delimited text: CSV, TSV and whatever a dialect says. Cut at any record, also where quoted fields hold line ends. */
export const delimited: Format = {
  async survey(source, request) {
    return surveyText(source, request);
  },
  encode(task, context) {
    return encodeText(task, layoutOf(task.setup as DelimitedSetup, task.columns), context);
  },
};

function surveyText(source: SurveyInput, request: SurveyRequest): InputSurvey {
  const { input, head, isWhole, isPlain, markBytes } = source;
  const said: TextDialect =
    request.format === "tsv" ? { delimiter: "\t", ...request.dialect } : request.dialect;
  const text = head.subarray(isPlain ? markBytes : 0);
  const { lineEnd, next } = lineEndOf(text, said, isWhole);
  const found = firstRecord(text, said, source, request.mapping.header ?? "auto");
  const first = found === undefined ? undefined : { file: input.name, ...found };
  const mapping = mapFields(request.columns, request.mapping, request.conversion, first);
  const dialect = { ...said, lineEnd: said.lineEnd ?? lineEnd };
  const setup: DelimitedSetup = {
    fields: mapping.fields,
    fieldCount: mapping.fieldCount,
    dialect,
    conversion: request.conversion,
    maxFieldBytes: request.maxFieldBytes,
  };
  const layout = layoutOf(setup, request.columns);
  const data = mapping.hasHeader ? next : 0;
  return {
    ...sampleText(text.subarray(data), layout),
    start: (isPlain ? markBytes : 0) + data,
    end: isPlain ? input.file?.size : undefined,
    cuts: isPlain ? "anywhere" : "nowhere",
    linesBefore: countLines(text.subarray(0, data), layout.lineEnd),
    hasHeader: text.byteLength === 0 ? undefined : mapping.hasHeader,
    setup,
  };
}

/** What lines end with, and where the second record begins. */
function lineEndOf(
  text: Uint8Array,
  dialect: TextDialect,
  isWhole: boolean,
): { readonly lineEnd: "lf" | "cr"; readonly next: number } {
  const scanner = new RecordScanner(resolveDialect(dialect));
  scanner.scan(text, 0, text.byteLength, isWhole);
  return { lineEnd: scanner.lineEnd === 0x0d ? "cr" : "lf", next: scanner.next };
}

/** The first record, if it may be a header. One that is malformed is data, and rejected in its turn. */
function firstRecord(
  text: Uint8Array,
  dialect: TextDialect,
  { input, isWhole }: SurveyInput,
  header: HeaderChoice,
): TextRecord | undefined {
  if (header === "absent") return undefined;
  try {
    return readRecord(text, dialect, { final: isWhole });
  } catch (cause) {
    if (!isCodecError(cause)) throw cause;
    if (header === "auto") return undefined;
    throw new FilesError("malformed", `${input.name}:1: the header cannot be read: ${cause.message}`, {
      position: { file: input.name, line: 1, byteOffset: cause.offset },
      cause,
    });
  }
}

function layoutOf(setup: DelimitedSetup, columns: SurveyRequest["columns"]): TextLayout {
  const { dialect, fieldCount } = setup;
  const scanner = new RecordScanner(resolveDialect(dialect));
  const { recordDelimiter, lineEnd } = dialect;
  const lineByte = lineEnd === "cr" ? 0x0d : 0x0a;
  return {
    recordEnd: recordDelimiter === undefined ? lineByte : Buffer.from(recordDelimiter).at(-1)!,
    lineEnd: lineByte,
    nextRecord(bytes, start, limit, isLast) {
      const result = scanner.scan(bytes, start, limit, isLast);
      return result === "record" || result === "fault" ? scanner.next : -1;
    },
    looksLikeRecords(bytes, start) {
      if (dialect.quote === null) return true;
      let at = start;
      for (let records = 0; records < 4; records += 1) {
        const result = scanner.scan(bytes, at, bytes.byteLength, false);
        if (result !== "record") return result === "more" && records > 1;
        if (fieldCount !== "any" && scanner.count !== fieldCount && !scanner.isBlank) return false;
        at = scanner.next;
      }
      return true;
    },
    open: (onReject) => new TextPack(columns, { ...setup, onReject }),
  };
}

function countLines(bytes: Uint8Array, lineEnd: number): number {
  let lines = 0;
  for (const byte of bytes) if (byte === lineEnd) lines += 1;
  return lines;
}
