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
 * how fast the next ones leave, decides, and decides again when a few more have left.
 *
 * How long the first one takes says little of the link, since connections are made and everything runs for the first
 * time; only if that takes very long is the link known to be the limit.
 */
export class AutoCompression {
  readonly #parts: AutoCompressionParts;
  #trial: Promise<CompressionTrial> | undefined;
  #inFlight = 0;
  #inFlightBytes = 0;
  #busySince = 0;
  #busyMs = 0;
  #sentBytes = 0;
  #storedBytes = 0;
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
      this.#inFlightBytes += event.block.bytes;
    } else if (event.kind === "block-stored") {
      this.#inFlight -= 1;
      this.#inFlightBytes -= event.block.bytes;
      if (this.#inFlight === 0) this.#busyMs += now() - this.#busySince;
      this.#sentBytes += event.block.sentBytes;
      this.#storedBytes += event.block.bytes;
      this.#stored += 1;
      if (this.#stored === 1) await this.#afterFirst();
      else if (decisive.includes(this.#stored)) await this.#decide();
    }
  }

  async #afterFirst(): Promise<void> {
    if (this.#measuredMs() > longForFirstMs) await this.#decide();
    this.#busyMs = 0;
    this.#busySince = this.#parts.now();
    this.#sentBytes = 0;
    this.#storedBytes = 0;
  }

  #measuredMs(): number {
    return this.#busyMs + (this.#inFlight === 0 ? 0 : this.#parts.now() - this.#busySince);
  }

  async #decide(): Promise<void> {
    if (this.#trial === undefined) return;
    const { encoded, threads, use } = this.#parts;
    const { bytes, ms } = encoded();
    // Blocks on their way have left by half, taken all together.
    const leaving = (this.#inFlightBytes / 2) * (this.#sentBytes / Math.max(this.#storedBytes, 1));
    const verdict = chooseCompression({
      linkBytesPerSecond: ((this.#sentBytes + leaving) / Math.max(this.#measuredMs(), 0.1)) * 1000,
      encodeBytesPerSecond: (bytes / Math.max(ms, 0.1)) * 1000,
      threads,
      trials: [await this.#trial],
    });
    if (verdict.name === this.#chosen) return;
    this.#chosen = verdict.name;
    await use(verdict);
  }
}

/** After how many stored blocks there is a decision, besides one that the first may force. */
const decisive: readonly number[] = [3, 6];

/** A first block that took longer was kept up by the link and by nothing else. */
const longForFirstMs = 400;

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
