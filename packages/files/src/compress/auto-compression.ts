import type { ProducedBlock, UploadEvent } from "@maxcompute-tunnel/writer";
import { blockCompressor, type DecidedCompression } from "./block-compressor.ts";
import { type CompressionTrial, type CompressionVerdict, chooseCompression } from "./compression-policy.ts";

/** What {@link AutoCompression} measures with and acts on. */
export interface AutoCompressionParts {
  readonly threads: number;
  /** Bytes that a thread has encoded, and how long that took it. */
  readonly encoded: () => { readonly bytes: number; readonly ms: number };
  readonly use: (verdict: CompressionVerdict) => Promise<void>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

/**
 * Finds out on the first blocks whether compressing pays: tries zstd on the first one while it is sent as it is, times
 * how fast blocks leave, and decides when one has arrived, and again when a few more have.
 */
export class AutoCompression {
  readonly #parts: AutoCompressionParts;
  #trial: Promise<CompressionTrial> | undefined;
  #inFlight = 0;
  #busySince = 0;
  #busyMs = 0;
  #sentBytes = 0;
  #stored = 0;
  #chosen: DecidedCompression["name"] | undefined;

  constructor(parts: AutoCompressionParts) {
    this.#parts = parts;
  }

  /** To be called with each block before it is sent; the first one is tried on before it may be given back. */
  async note(block: ProducedBlock): Promise<void> {
    if (this.#trial !== undefined || block.contentEncoding !== undefined || block.rows === 0) return;
    this.#trial = tryZstd(block.chunks, this.#parts.now);
    this.#trial.catch(() => undefined);
    await this.#trial;
  }

  /** To be called with what happens in the upload. */
  async hear(event: UploadEvent): Promise<void> {
    const { now } = this.#parts;
    if (event.kind === "block-sealed") {
      if (this.#inFlight === 0) this.#busySince = now();
      this.#inFlight += 1;
    } else if (event.kind === "block-stored") {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#busyMs += now() - this.#busySince;
      this.#sentBytes += event.block.sentBytes;
      this.#stored += 1;
      if (this.#stored === 1 || this.#stored === 4) await this.#decide();
    }
  }

  async #decide(): Promise<void> {
    if (this.#trial === undefined) return;
    const { now, encoded, threads, use } = this.#parts;
    const busyMs = this.#busyMs + (this.#inFlight === 0 ? 0 : now() - this.#busySince);
    const { bytes, ms } = encoded();
    const verdict = chooseCompression({
      linkBytesPerSecond: (this.#sentBytes / Math.max(busyMs, 0.1)) * 1000,
      encodeBytesPerSecond: (bytes / Math.max(ms, 0.1)) * 1000,
      threads,
      trials: [await this.#trial],
    });
    if (verdict.name === this.#chosen) return;
    this.#chosen = verdict.name;
    await use(verdict);
  }
}

async function tryZstd(chunks: readonly Uint8Array[], now: () => number): Promise<CompressionTrial> {
  const decided: DecidedCompression = { name: "zstd", level: 1 };
  const compressor = (await blockCompressor(decided))!;
  const sample: Uint8Array[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    if (bytes >= sampleBytes) break;
    sample.push(chunk.subarray(0, sampleBytes - bytes));
    bytes += sample.at(-1)!.byteLength;
  }
  const before = now();
  const packed = await compressor.compress(sample);
  const ms = Math.max(now() - before, 0.1);
  const packedBytes = packed.reduce((total, chunk) => total + chunk.byteLength, 0);
  return { ...decided, bytesPerSecond: (bytes / ms) * 1000, ratio: bytes / Math.max(packedBytes, 1) };
}

const sampleBytes = 1024 * 1024;
