import type { DecidedCompression } from "./block-compressor.ts";

/** What a compression did to a sample of the data, on one thread. */
export interface CompressionTrial extends DecidedCompression {
  /** Bytes taken in a second. */
  readonly bytesPerSecond: number;
  /** Bytes taken for each byte given. */
  readonly ratio: number;
}

/** What has been measured when a compression is chosen. */
export interface CompressionMeasurements {
  /** Bytes that leave in a second, all requests together. */
  readonly linkBytesPerSecond: number;
  /** Bytes that one thread encodes in a second. */
  readonly encodeBytesPerSecond: number;
  /** Threads that can work at a time, for encoding and compressing together. */
  readonly threads: number;
  readonly trials: readonly CompressionTrial[];
}

/** A choice and what it is expected to bring. */
export interface CompressionVerdict extends DecidedCompression {
  /** Encoded bytes, before compression, that the whole chain takes in a second: without compression, and so. */
  readonly plainBytesPerSecond: number;
  readonly expectedBytesPerSecond: number;
}

/**
 * Chooses the compression that moves most rows in a second: none as long as the link takes what is encoded; where the
 * link is the limit, the one whose smaller bytes make up for the threads it takes from encoding.
 */
export function chooseCompression(measured: CompressionMeasurements): CompressionVerdict {
  const { linkBytesPerSecond, encodeBytesPerSecond, threads, trials } = measured;
  const plainBytesPerSecond = Math.min(linkBytesPerSecond, encodeBytesPerSecond * threads);
  let best: CompressionVerdict = {
    name: "none",
    level: undefined,
    plainBytesPerSecond,
    expectedBytesPerSecond: plainBytesPerSecond,
  };
  for (const { name, level, bytesPerSecond, ratio } of trials) {
    const threadBytesPerSecond = 1 / (1 / encodeBytesPerSecond + 1 / bytesPerSecond);
    const expected = Math.min(linkBytesPerSecond * ratio, threadBytesPerSecond * threads);
    if (expected <= best.expectedBytesPerSecond) continue;
    // Little is not worth the electricity.
    if (expected < plainBytesPerSecond * worthwhile) continue;
    best = { name, level, plainBytesPerSecond, expectedBytesPerSecond: expected };
  }
  return best;
}

const worthwhile = 1.15;
