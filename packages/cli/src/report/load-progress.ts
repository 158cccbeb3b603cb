/** What a load is doing. */
export type LoadPhase = "starting" | "loading" | "finishing" | "committing" | "committed";

/** How far a load has come, at one moment. */
export interface LoadProgress {
  readonly phase: LoadPhase;
  /** While a commit that got no answer may still arrive: milliseconds until it is sent again. */
  readonly settlesInMs?: number;
  readonly rows: number;
  /** Bytes read from the files. */
  readonly readBytes: number;
  /** Bytes that the files hold together, unless one of them is a pipe. */
  readonly totalBytes: number | undefined;
  /** Bytes sent, after compression. */
  readonly sentBytes: number;
  readonly blocks: number;
  readonly blocksInFlight: number;
  readonly retries: number;
  /** Records left out. */
  readonly rejected: number;
}

/** Speed over the last few seconds, and what it means for the rest. */
export interface LoadPace {
  /** Bytes read from the files. */
  readonly bytesPerSecond: number;
  readonly sentBytesPerSecond: number;
  readonly rowsPerSecond: number;
  /** Milliseconds to go, once that can be told. */
  readonly remainingMs: number | undefined;
}

type Moment = Pick<LoadProgress, "readBytes" | "sentBytes" | "rows"> & { readonly at: number };

/** Keeps the last few moments of a load, to tell its pace from them. */
export class PaceMeter {
  readonly #windowMs: number;
  readonly #moments: Moment[] = [];

  /** @param windowMs how far back the pace looks. */
  constructor(windowMs: number = 5000) {
    this.#windowMs = windowMs;
  }

  /** Notes a moment and gives the pace up to it. */
  measure(now: number, { readBytes, sentBytes, rows, totalBytes }: LoadProgress): LoadPace {
    const moments = this.#moments;
    moments.push({ at: now, readBytes, sentBytes, rows });
    while (moments.length > 2 && moments[1]!.at <= now - this.#windowMs) moments.shift();
    const first = moments[0]!;
    const elapsed = now - first.at;
    // A load that starts over counts from nothing again.
    const perSecond = (gained: number): number =>
      elapsed <= 0 || gained < 0 ? 0 : (gained / elapsed) * 1000;
    const bytesPerSecond = perSecond(readBytes - first.readBytes);
    const left = totalBytes === undefined ? undefined : totalBytes - readBytes;
    return {
      bytesPerSecond,
      sentBytesPerSecond: perSecond(sentBytes - first.sentBytes),
      rowsPerSecond: perSecond(rows - first.rows),
      remainingMs: left === undefined || bytesPerSecond <= 0 ? undefined : (left / bytesPerSecond) * 1000,
    };
  }
}
