import { CodecError } from "../errors.ts";

/** Limits shared by everything that writes or reads record packs. */
export interface RecordLimits {
  /** Largest encoded text, binary, decimal or JSON value; a session announces it as MaxFieldSize. @default 8388608 (8 MiB) */
  readonly maxFieldBytes?: number;
  /** Largest encoded record. @default 209715200 (200 MiB) */
  readonly maxRecordBytes?: number;
}

/** What does the work. Both give the same bytes and errors. */
export interface EngineOptions {
  /**
   * `"auto"` uses the package's WebAssembly kernel once there is enough work to be worth loading it, where the
   * platform has WebAssembly with vector instructions and no policy forbids it (in browsers, a Content Security Policy
   * without `wasm-unsafe-eval`). `"js"` never does.
   * @default "auto"
   */
  readonly kernel?: "auto" | "js";
}

/** How a {@link RecordPack} encodes. */
export interface RecordPackOptions extends RecordLimits, EngineOptions {
  /** Size of the chunks that the pack's bytes come in; only a row that is larger makes a larger one. @default 1048576 (1 MiB) */
  readonly chunkBytes?: number;
  /** What a property that names no column (or struct field) does. @default "error" */
  readonly unknownProperties?: "error" | "ignore";
  /**
   * `"service"` refuses what the service would refuse: values out of range or too long, NULL in a NOT NULL column,
   * JSON that does not parse, bigint -2^63. `"received"` lets the last two pass, since official clients send them: for
   * servers that take rows in. `"wire"` refuses only what the bytes cannot carry: for servers that hand stored rows
   * on as they are.
   * @default "service"
   */
  readonly checks?: "service" | "received" | "wire";
}

/** How record packs are decoded. */
export interface DecodeOptions extends RecordLimits, EngineOptions {
  /** What a text that is not UTF-8 does: fail, or come out as the bytes themselves. @default "error" */
  readonly invalidUtf8?: "error" | "bytes";
  /** Rows as objects by column name, or as arrays in schema order. @default "object" */
  readonly rowShape?: "object" | "array";
  /** Whether the metrics block of download streams may be there. @default "allow" */
  readonly metrics?: "allow" | "refuse";
}

/** How record packs are checked. */
export interface ValidateOptions extends RecordLimits, EngineOptions {
  /** Whether the metrics block of download streams may be there. @default "refuse" */
  readonly metrics?: "allow" | "refuse";
}

/** What the footer of a record pack said, once everything before it agreed with it. */
export interface PackSummary {
  readonly recordCount: number;
  /** CRC-32C of all record checksums, as in the footer. */
  readonly checksum: number;
  /** Text of the metrics block, if there was one. */
  readonly metrics?: string;
}

const defaultLimits = {
  maxFieldBytes: 8 * 1024 * 1024,
  maxRecordBytes: 200 * 1024 * 1024,
} as const satisfies Required<RecordLimits>;

export function resolveLimits(options: RecordLimits): Required<RecordLimits> {
  return {
    maxFieldBytes: positive("maxFieldBytes", options.maxFieldBytes ?? defaultLimits.maxFieldBytes),
    maxRecordBytes: positive("maxRecordBytes", options.maxRecordBytes ?? defaultLimits.maxRecordBytes),
  };
}

/** @throws CodecError `invalid-option` unless the number is a whole one of 1 to 2^31 - 1. */
export function positive(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0 && value < 2 ** 31) return value;
  throw new CodecError(
    "invalid-option",
    `Expected ${option} to be a whole number from 1 to 2147483647, got ${value}`,
  );
}
