import { MessageChannel } from "node:worker_threads";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { BlockRequest } from "@maxcompute-tunnel/writer";
import { type FormatName, isBinary } from "../format/format-name.ts";
import { type FormatOrigin, formatByMagic, formatByName, formatOf } from "../format/format-of.ts";
import { loadFormat } from "../format/formats.ts";
import { type ProposedColumn, proposeColumns } from "../infer/propose-columns.ts";
import { encodingOf, type FoundEncoding } from "../input/encoding.ts";
import { FileReader } from "../input/file-reader.ts";
import type { FoundInput } from "../input/found-input.ts";
import { type Packing, packingOf } from "../input/packing.ts";
import { PipeReader } from "../input/pipe-reader.ts";
import { feedPort } from "../input/port-feed.ts";
import { fileChunks, openTextStream, type StreamOrigin, type StreamSpec } from "../input/text-stream.ts";
import { HeaderConsensus } from "../mapping/header-consensus.ts";
import type { FileSourceOptions } from "../options.ts";
import type { SettledPart, SurveyedInput } from "../produce/production.ts";

/** All inputs of a load, looked at. */
export interface SurveyedFiles {
  readonly inputs: readonly SurveyedInput[];
  /** Encoded bytes that the inputs make together, about; `undefined` when nobody can tell. */
  readonly encodedBytes: number | undefined;
}

/** What can be told of an input before anything is known of the table. */
export interface InputFormat {
  readonly file: string;
  readonly format: FormatName;
  /** What the format was told by. */
  readonly formatBy: FormatOrigin;
  /** `undefined` for a pipe that nothing was read of. */
  readonly packing: Packing | undefined;
  /** A label of the Encoding standard; `undefined` for a pipe that nothing was read of. */
  readonly encoding: string | undefined;
  /** Bytes as they lie there; `undefined` for a pipe. */
  readonly bytes: number | undefined;
}

/** The beginning of an input's text, or the columns that it has itself. */
export interface FileSample {
  readonly file: string;
  readonly format: FormatName;
  /** What the format was told by. */
  readonly formatBy: FormatOrigin;
  /** Of Parquet, Arrow and Avro, what their schemas suggest; there is no text then. */
  readonly columns: readonly ProposedColumn[] | undefined;
  /** Unpacked, in UTF-8, without a byte order mark; about 256 KiB, and cut off anywhere. */
  readonly text: Uint8Array;
  /** Whether that is all there is. */
  readonly isWhole: boolean;
}

/** The first bytes of an input, and what follows from them. */
interface InputBeginning {
  readonly raw: Uint8Array;
  readonly packing: Packing;
  readonly encoding: FoundEncoding;
  /** Whether the text lies in the file as it is. */
  readonly isPlain: boolean;
  /** The beginning of the text, unpacked and in UTF-8. */
  readonly head: Uint8Array;
  readonly format: FormatName;
  readonly formatBy: FormatOrigin;
}

/** Looks at the beginnings of inputs: how each is packed, encoded, laid out and mapped to the table. */
export class Survey {
  readonly #found: readonly FoundInput[];
  readonly #options: FileSourceOptions & { readonly workers: number };
  readonly #signal: AbortSignal;
  readonly #pipes = new Map<FoundInput, PipeReader>();

  constructor(
    found: readonly FoundInput[],
    options: FileSourceOptions & { readonly workers: number },
    signal: AbortSignal,
  ) {
    this.#found = found;
    this.#options = options;
    this.#signal = signal;
  }

  /** What can be told of inputs without knowing the table. @throws FilesError `unknown-format` … */
  async formats(): Promise<readonly InputFormat[]> {
    const formats: InputFormat[] = [];
    for (const input of this.#found) formats.push(await this.#formatOf(input));
    return formats;
  }

  /** The beginnings of all inputs, as text. @throws FilesError `unknown-format` … */
  async samples(): Promise<readonly FileSample[]> {
    const samples: FileSample[] = [];
    for (const input of this.#found) {
      const { raw, head, format, formatBy, isPlain, encoding } = await this.#begin(input);
      const { markBytes } = encoding;
      const isWhole = head.byteLength < headBytes && raw.byteLength < headBytes;
      const { fields } = await loadFormat(format);
      const own = await fields?.({ input, head, isWhole, isPlain, markBytes });
      const text = own === undefined ? head.subarray(isPlain ? markBytes : 0) : new Uint8Array(0);
      const columns = own && proposeColumns(own);
      samples.push({
        file: input.name,
        format,
        formatBy,
        columns,
        text,
        isWhole: isWhole || own !== undefined,
      });
    }
    return samples;
  }

  async #formatOf(input: FoundInput): Promise<InputFormat> {
    const { name, file } = input;
    const said = this.#options.format ?? "auto";
    // Nobody should have to wait for a pipe whose format is known.
    if (file === undefined && (said !== "auto" || formatByName(name) !== undefined)) {
      const { format, by } = formatOf(name, said, new Uint8Array(0));
      return { file: name, format, formatBy: by, packing: undefined, encoding: undefined, bytes: undefined };
    }
    const { format, formatBy, packing, encoding } = await this.#begin(input);
    return { file: name, format, formatBy, packing, encoding: encoding.label, bytes: file?.size };
  }

  /** @throws FilesError for the first input that cannot be read as it is meant to be */
  async of(columns: readonly ColumnSpec[], request: SettledRequest = nothingSettled): Promise<SurveyedFiles> {
    const agreement = new HeaderConsensus();
    const inputs: SurveyedInput[] = [];
    for (const [index, input] of this.#found.entries()) {
      const surveyed = await this.#look(input, index, columns, request);
      const { hasHeader } = surveyed.survey;
      if (hasHeader !== undefined && (this.#options.header ?? "auto") === "auto")
        agreement.note(input.name, hasHeader);
      inputs.push(surveyed);
    }
    return { inputs, encodedBytes: encodedBytesOf(inputs) };
  }

  async #look(
    input: FoundInput,
    index: number,
    columns: readonly ColumnSpec[],
    request: SettledRequest,
  ): Promise<SurveyedInput> {
    const { maxFieldBytes } = request;
    const { dialect = {}, conversion = {} } = this.#options;
    const { raw, packing, encoding, isPlain, head, format, formatBy } = await this.#begin(input);
    const survey = await (await loadFormat(format)).survey(
      {
        input,
        head,
        isWhole: head.byteLength < headBytes && raw.byteLength < headBytes,
        isPlain,
        markBytes: encoding.markBytes,
      },
      { columns, format, mapping: this.#options, dialect, conversion, maxFieldBytes },
    );
    const openStream = (): StreamSpec => ({
      name: input.name,
      packing,
      encoding,
      from: this.#originOf(input),
    });
    return { index, input, format, formatBy, survey, openStream, fixed: settledParts(index, request) };
  }

  /** The beginning of an input, and what it tells. */
  async #begin(input: FoundInput): Promise<InputBeginning> {
    const { encoding: said = "auto", format: saidFormat = "auto" } = this.#options;
    const raw = await this.#head(input);
    const packing = packingOf(raw, input.name);
    const packedHead = { ...input, head: raw };
    const text = packing === "none" ? raw : await this.#unpackedHead(packedHead, packing, noEncoding);
    const magic = saidFormat === "auto" ? formatByMagic(text) : saidFormat;
    if (magic !== undefined && isBinary(magic)) {
      const isPlain = packing === "none" && input.file !== undefined;
      const formatBy = saidFormat === "auto" ? "content" : "option";
      return { raw, packing, encoding: noEncoding, isPlain, head: text, format: magic, formatBy };
    }
    const encoding = encodingOf(said, text);
    const isPlain = packing === "none" && encoding.label === "utf-8" && input.file !== undefined;
    const head = isPlain ? raw : await this.#unpackedHead(packedHead, packing, encoding);
    const { format, by } = formatOf(input.name, saidFormat, head.subarray(isPlain ? encoding.markBytes : 0));
    return { raw, packing, encoding, isPlain, head, format, formatBy: by };
  }

  /** The first bytes of an input as they lie there. */
  async #head(input: FoundInput): Promise<Uint8Array> {
    if (input.file === undefined) return await this.#pipeOf(input).peek(headBytes);
    const reader = await FileReader.open(input.name, input.path, input.file);
    try {
      return reader.readNow(0, Math.min(headBytes, input.file.size));
    } finally {
      await reader.close();
    }
  }

  /** The beginning of the text that the first bytes are packed and encoded as. */
  async #unpackedHead(
    { name, path, file, head }: FoundInput & { readonly head: Uint8Array },
    packing: Packing,
    encoding: FoundEncoding,
  ): Promise<Uint8Array> {
    // A pipe's beginning is all that can be looked at; it is cut off somewhere, which is no fault of its.
    const isCut = file === undefined && head.byteLength >= headBytes;
    const chunks = file === undefined ? once(head) : fileChunks(name, path, file);
    const spec: StreamSpec = { name, packing, encoding, from: { kind: "chunks", chunks } };
    const parts: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const part of openTextStream(spec, () => undefined)) {
        parts.push(part);
        bytes += part.byteLength;
        if (bytes >= headBytes) break;
      }
    } catch (error) {
      if (!isCut || bytes === 0) throw error;
    }
    return Buffer.concat(parts);
  }

  #originOf(input: FoundInput): StreamOrigin {
    if (input.file !== undefined) return { kind: "file", path: input.path, file: input.file };
    const chunks = this.#pipeOf(input).chunks();
    if (this.#options.workers === 1) return { kind: "chunks", chunks };
    const { port1, port2 } = new MessageChannel();
    feedPort(port1, chunks);
    return { kind: "port", port: port2 };
  }

  #pipeOf(input: FoundInput): PipeReader {
    const pipe = this.#pipes.get(input) ?? new PipeReader(input, this.#signal);
    this.#pipes.set(input, pipe);
    return pipe;
  }
}

/** The part of a request for blocks that a survey needs. */
export type SettledRequest = Pick<BlockRequest, "stored" | "again" | "compareStored" | "maxFieldBytes">;

const nothingSettled: SettledRequest = {
  stored: [],
  again: [],
  compareStored: true,
  maxFieldBytes: 8 * 1024 * 1024,
};

function settledParts(input: number, request: SettledRequest): readonly SettledPart[] {
  const use = request.compareStored ? "compare" : "skip";
  const stored = request.stored
    .filter((range) => range.input === input)
    .map(({ start, end, sourceChecksum, rows, rejected }): SettledPart => {
      return { start, end, use, sourceChecksum, records: rows + rejected };
    });
  const again = request.again
    .filter((range) => range.input === input)
    .map(({ start, end }): SettledPart => ({ start, end, use: "again", sourceChecksum: 0, records: 0 }));
  return [...stored, ...again].sort((one, other) => one.start - other.start);
}

function encodedBytesOf(inputs: readonly SurveyedInput[]): number | undefined {
  let total = 0;
  for (const { survey } of inputs) {
    if (survey.end === undefined) return undefined;
    total += (survey.end - survey.start) * survey.encodedPerUnit;
  }
  return Math.round(total);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const noEncoding: FoundEncoding = { label: "utf-8", markBytes: 0 };

/** Enough for a header and a sample of rows. */
const headBytes = 256 * 1024;
