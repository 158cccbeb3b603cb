/** What a load is doing. */
export type LoadPhase = "loading" | "finishing" | "committing" | "committed";

/** How far a load has come, at one moment. */
export interface LoadProgress {
  readonly phase: LoadPhase;
  readonly rows: number;
  /** Bytes read from the files. */
  readonly readBytes: number;
  /** Bytes that the files hold together, unless one of them is a pipe. */
  readonly totalBytes: number | undefined;
  readonly blocks: number;
  readonly blocksInFlight: number;
  readonly retries: number;
}

/** Speed over the last few seconds, and what it means for the rest. */
export interface LoadPace {
  readonly bytesPerSecond: number;
  /** Milliseconds to go, once that can be told. */
  readonly remainingMs: number | undefined;
}

/** Keeps the last few moments of a load, to tell its pace from them. */
export class PaceMeter {
  readonly #windowMs: number;
  readonly #moments: { readonly at: number; readonly bytes: number }[] = [];

  /** @param windowMs how far back the pace looks. */
  constructor(windowMs: number = 5000) {
    this.#windowMs = windowMs;
  }

  /** Notes a moment and gives the pace up to it. */
  measure(now: number, progress: LoadProgress): LoadPace {
    const moments = this.#moments;
    moments.push({ at: now, bytes: progress.readBytes });
    while (moments.length > 2 && moments[1]!.at <= now - this.#windowMs) moments.shift();
    const first = moments[0]!;
    const elapsed = now - first.at;
    const bytesPerSecond = elapsed <= 0 ? 0 : ((progress.readBytes - first.bytes) / elapsed) * 1000;
    const left = progress.totalBytes === undefined ? undefined : progress.totalBytes - progress.readBytes;
    const remainingMs =
      left === undefined || bytesPerSecond <= 0 ? undefined : (left / bytesPerSecond) * 1000;
    return { bytesPerSecond, remainingMs };
  }
}
