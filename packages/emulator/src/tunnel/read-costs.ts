/** Counts what an answer's rows cost, for clients that ask where their time goes. */
export interface ReadCosts {
  /** Passes on what a source of stored rows gives, and counts the time that takes. */
  reading<T>(source: AsyncIterable<T>): AsyncGenerator<T, void>;
  /** Passes on an answer's pieces, and counts the time until the client has taken each. */
  sending<T, Result>(source: AsyncGenerator<T, Result>): AsyncGenerator<T, Result>;
  /**
   * The costs so far as JSON, in whole microseconds.
   *
   * protocol: MaxCompute Tunnel, metrics: `PanguIOCost` is the storage, `ServerIOCost` the connection,
   * `RateLimitCost` the time held back; what is left of `ServerTotalCost` is the work between them.
   */
  toJson(): string;
}

/** Starts to count; `now` gives milliseconds that only grow. */
export function createReadCosts(now: () => number): ReadCosts {
  const begun = now();
  let readMs = 0;
  let sentMs = 0;
  return {
    async *reading(source) {
      const iterator = source[Symbol.asyncIterator]();
      try {
        for (;;) {
          const from = now();
          const next = await iterator.next();
          readMs += now() - from;
          if (next.done === true) {
            return;
          }
          yield next.value;
        }
      } finally {
        await iterator.return?.();
      }
    },
    async *sending<T, Result>(source: AsyncGenerator<T, Result>) {
      try {
        for (;;) {
          const next = await source.next();
          if (next.done === true) {
            return next.value;
          }
          const from = now();
          yield next.value;
          sentMs += now() - from;
        }
      } finally {
        // Nobody looks at what it returns: this closes what it has open when the client goes away.
        await source.return(undefined as Result);
      }
    },
    toJson() {
      return JSON.stringify({
        PanguIOCost: micros(readMs),
        ServerIOCost: micros(sentMs),
        ServerTotalCost: micros(now() - begun),
        RateLimitCost: 0,
      });
    },
  };
}

function micros(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}
