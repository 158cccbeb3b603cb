import { isCodecError } from "@maxcompute-tunnel/codec";
import { readRecord } from "@maxcompute-tunnel/codec/text";
import {
  type FileInput,
  type FileReject,
  type FileSource,
  type InputFormat,
  sampleFiles,
} from "@maxcompute-tunnel/files";
import { given, type Reading } from "./reading.ts";

/** A rejected record with what it takes to read its text again. */
export interface KeptReject extends FileReject {
  readonly format?: string;
  /** Names of the fields, where the file named them. */
  readonly fields?: readonly string[];
}

/** Adds to rejected records what it takes to read them again. */
export class RejectKeeper {
  readonly #known: ReadonlyMap<string, Pick<KeptReject, "format" | "fields">>;

  constructor(known: ReadonlyMap<string, Pick<KeptReject, "format" | "fields">>) {
    this.#known = known;
  }

  keep(reject: FileReject): KeptReject {
    return { ...reject, ...this.#known.get(reject.file) };
  }
}

/** Looks at the headers of inputs, for the rejects that may come of them. */
export async function openRejectKeeper(
  source: FileSource,
  inputs: readonly InputFormat[],
  reading: Reading,
  columns: Parameters<FileSource["plan"]>[0],
  place: { readonly cwd: string; readonly given: readonly (string | FileInput)[] },
): Promise<RejectKeeper> {
  const plan = await source.plan(columns);
  const known = new Map<string, Pick<KeptReject, "format" | "fields">>();
  for (const { file, format, bytes } of inputs) {
    const hasHeader = plan.inputs.find((input) => input.file === file)?.hasHeader === true;
    const fields = hasHeader && bytes !== undefined ? await headerOf(file, reading, place) : undefined;
    known.set(file, { format, ...given({ fields: reading.columns ?? fields }) });
  }
  return new RejectKeeper(known);
}

async function headerOf(
  file: string,
  reading: Reading,
  { cwd, given: inputs }: { readonly cwd: string; readonly given: readonly (string | FileInput)[] },
): Promise<readonly string[] | undefined> {
  const named = inputs.find((input) => typeof input !== "string" && input.name === file) ?? file;
  const { encoding, format, dialect } = reading;
  const [sample] = await sampleFiles([named], { cwd, ...given({ encoding, format }) });
  if (sample === undefined) return undefined;
  try {
    const tabs = sample.format === "tsv" ? { delimiter: "\t" } : {};
    return readRecord(sample.text, { ...tabs, ...dialect }, { final: sample.isWhole })?.fields;
  } catch (error) {
    if (!isCodecError(error)) throw error;
    return undefined;
  }
}
