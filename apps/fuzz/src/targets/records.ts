import { isDeepStrictEqual } from "node:util";
// @boundaries-ignore parsers are fuzzed in their sources
import { decodeColumns, RecordColumnsDecoder } from "../../../../packages/codec/src/arrow/index.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  ArrowFrameReader,
  CodecError,
  type ColumnSpec,
  frameArrow,
  RecordStreamDecoder,
  RecordStreamValidator,
} from "../../../../packages/codec/src/index.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { loadDecodeKernel } from "../../../../packages/codec/src/kernel/decode-kernel.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { loadKernel } from "../../../../packages/codec/src/kernel/kernel.ts";
import type { FuzzGroup, FuzzTarget, Verdict } from "../fuzz-target.ts";
import { goldenPacks, goldenVectors } from "./golden.ts";
import { withRightChecksums } from "./right-checksums.ts";

// The kernels are loaded by the first inputs that are long enough: what comes before is read without.
const packs = goldenPacks(1500);
const packSeeds = packs.map(({ bytes }) => bytes);
/** Now and then a pack is read as another table's. */
const schemas = packs.map(({ schema }) => schema);
const engines = ["auto", "js"] as const;
/** Whatever is pushed behind a pack; with it, so much has been pushed that a kernel is worth loading. */
const manyZeros = new Uint8Array(16 * 1024);

const toRows: FuzzTarget = {
  name: "record packs to rows, by both engines",
  share: 85,
  seeds: packSeeds,
  repair: (bytes, seed) => withRightChecksums(schemas[seed]!, bytes),
  read(bytes, seed) {
    const columns = columnsOf(bytes, seed);
    const shape = bytes.length % 2 === 0 ? "object" : "array";
    const invalidUtf8 = bytes.length % 3 === 0 ? "bytes" : "error";
    const [quick, plain] = engines.map((kernel) =>
      outcome(() => {
        const decoder = new RecordStreamDecoder<unknown>(columns, { kernel, rowShape: shape, invalidUtf8 });
        const rows = [
          ...decoder.push(bytes.subarray(0, bytes.length >> 1)),
          ...decoder.push(bytes.subarray(bytes.length >> 1)),
        ];
        // No byte makes more than one row.
        if (rows.length > bytes.length) throw new Error(`${rows.length} rows of ${bytes.length} bytes`);
        if (bytes.length % 64 === 0) rows.push(...decoder.push(manyZeros));
        const summary = decoder.end();
        if (decoder.recordCount !== rows.length) throw new Error("the counts do not add up");
        return [rows, summary];
      }),
    );
    return agreed(quick, plain);
  },
};

const toColumns: FuzzTarget = {
  name: "record packs to columns, by both engines",
  share: 50,
  seeds: packSeeds,
  repair: (bytes, seed) => withRightChecksums(schemas[seed]!, bytes),
  read(bytes, seed) {
    const columns = columnsOf(bytes, seed);
    if (loadDecodeKernel() === undefined) throw new Error("Expected the kernel to load");
    const instants = instantsOf(bytes.length);
    if (seed % 4 === 0) {
      const [one, other] = engines.map((kernel) =>
        outcome(() =>
          kernel === "auto" && instants === "nanoseconds"
            ? decodeColumns(columns, bytes)
            : decodeColumns(columns, bytes, { kernel, instants }),
        ),
      );
      return agreed(one, other);
    }
    const [quick, plain] = engines.map((kernel) =>
      outcome(() => {
        const decoder = new RecordColumnsDecoder(columns, { kernel, instants, batchRows: 3 });
        const batches = [
          ...decoder.push(bytes.subarray(0, bytes.length >> 1)),
          ...decoder.push(bytes.subarray(bytes.length >> 1)),
        ];
        const summary = decoder.end();
        const rest = decoder.flush();
        if (decoder.recordCount !== summary.recordCount) throw new Error("the counts do not add up");
        return [batches, rest];
      }),
    );
    return agreed(quick, plain);
  },
};

/** One of both ways, and seldom one that there is not. */
function instantsOf(number: number): "nanoseconds" | "fields" {
  if (number % 48 === 0) return "days" as "fields";
  return number % 2 === 0 ? "nanoseconds" : "fields";
}

const checked: FuzzTarget = {
  name: "record packs checked, by both engines",
  share: 75,
  seeds: packSeeds,
  repair: (bytes, seed) => withRightChecksums(schemas[seed]!, bytes),
  read(bytes, seed) {
    const columns = columnsOf(bytes, seed);
    const [quick, plain] = engines.map((kernel) =>
      outcome(() => {
        const metrics = bytes.length % 4 === 0 ? {} : ({ metrics: "allow" } as const);
        const validator = new RecordStreamValidator(columns, { kernel, ...metrics });
        return [
          validator.push(bytes.subarray(0, bytes.length >> 1)),
          validator.push(bytes.subarray(bytes.length >> 1)),
          ...(bytes.length % 64 === 0 ? [validator.push(manyZeros)] : []),
          validator.end(),
          validator.recordCount,
          validator.recordsEnd,
          validator.recordsChecksum,
        ];
      }),
    );
    return agreed(quick, plain);
  },
};

interface Framed {
  readonly payload_hex?: string;
  readonly framed_hex?: string;
}
const frameSeeds = goldenVectors<Framed>("codec", "arrow-framing").flatMap(({ framed_hex: hex }) =>
  hex === undefined ? [] : [new Uint8Array(Buffer.from(hex, "hex"))],
);

const frames: FuzzTarget = {
  name: "Arrow frames, by both engines",
  share: 90,
  seeds: frameSeeds,
  repair: (bytes) => frameArrow(bytes, { chunkBytes: 1 + (bytes.length % 40) }),
  read(bytes) {
    if (loadKernel() === undefined) throw new Error("Expected the kernel to load");
    const [quick, plain] = engines.map((kernel) =>
      outcome(() => {
        const reader = new ArrowFrameReader({ kernel });
        const parts = [
          ...reader.push(bytes.subarray(0, bytes.length >> 1)),
          ...reader.push(bytes.subarray(bytes.length >> 1)),
          ...reader.end(),
        ];
        const length = parts.reduce((sum, part) => sum + part.length, 0);
        if (length > bytes.length) throw new Error(`${length} bytes out of ${bytes.length}`);
        return Buffer.concat(parts).toString("latin1");
      }),
    );
    return agreed(quick, plain);
  },
};

export const group: FuzzGroup = {
  targets: [toRows, toColumns, checked, frames],
  files: [
    "packages/codec/src/record/field-readers.ts",
    "packages/codec/src/record/footer-reader.ts",
    "packages/codec/src/record/nested-walk.ts",
    "packages/codec/src/record/pack-reader.ts",
    "packages/codec/src/record/record-decoder.ts",
    "packages/codec/src/record/record-reading.ts",
    "packages/codec/src/record/record-validator.ts",
    "packages/codec/src/kernel/record-checker.ts",
    "packages/codec/src/wire/byte-source.ts",
    "packages/codec/src/arrow/frame-reader.ts",
    "packages/codec/src/arrow/columns/arrow-values.ts",
    "packages/codec/src/arrow/columns/columns-builder.ts",
    "packages/codec/src/arrow/columns/nested-builders.ts",
    "packages/codec/src/arrow/columns/number-builders.ts",
    "packages/codec/src/arrow/columns/record-columns-decoder.ts",
  ],
};

function columnsOf(bytes: Uint8Array, seed: number): readonly ColumnSpec[] {
  return schemas[bytes.length % 29 === 0 ? (seed + 1) % schemas.length : seed]!;
}

interface Outcome {
  readonly value?: unknown;
  readonly error?: object;
}

function outcome(parse: () => unknown): Outcome {
  try {
    return { value: parse() };
  } catch (error) {
    if (error instanceof CodecError) return { error: { ...error, message: error.message } };
    throw error;
  }
}

function agreed(quick: Outcome | undefined, plain: Outcome | undefined): Verdict {
  // What differs may be a NaN, which equals nothing.
  if (!isDeepStrictEqual(quick, plain) && shown(quick) !== shown(plain)) {
    throw new Error(`The engines differ: ${shown(quick)} and ${shown(plain)}`);
  }
  return plain?.error === undefined ? "taken" : "refused";
}

function shown(seen: Outcome | undefined): string {
  return JSON.stringify(seen, (_key, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
      ? Object.is(value, -0)
        ? "-0"
        : `${value}`
      : value;
  });
}
