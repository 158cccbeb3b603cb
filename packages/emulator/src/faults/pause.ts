import type { Clock } from "../clock.ts";

/** Waits by the emulator's clock; ends early when the signal is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) {
      resolve();
      return;
    }
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.schedule(ms, done);
    signal.addEventListener("abort", done);
  });
}

/** Cuts bytes into pieces that take a tenth of a second each at a rate. */
export function* atRate(bytes: Uint8Array, bytesPerSecond: number): Generator<Uint8Array> {
  const length = Math.max(1, Math.floor(bytesPerSecond / 10));
  for (let from = 0; from < bytes.length; from += length) {
    yield bytes.subarray(from, from + length);
  }
}

/** How long bytes take at a rate, in milliseconds. */
export function durationMs(byteLength: number, bytesPerSecond: number): number {
  return (byteLength * 1000) / bytesPerSecond;
}
