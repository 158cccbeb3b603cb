/**
 * The items of a source until a signal aborts, then an error: the signal's reason.
 *
 * A source that waits for something of its own is not waited for: it is asked to end, and left to it.
 */
export async function* untilAborted<Item>(
  source: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let hasEnded = false;
  let stop: (reason: unknown) => void = () => {};
  const onAbort = (): void => stop(signal.reason);
  signal.addEventListener("abort", onAbort);
  const next = async (): Promise<IteratorResult<Item>> => {
    try {
      const result = await iterator.next();
      hasEnded = result.done === true;
      return result;
    } catch (error) {
      hasEnded = true;
      throw error;
    }
  };
  try {
    for (;;) {
      signal.throwIfAborted();
      // One promise an item: a race against a promise for the signal would hold on to every one of them.
      const result = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        stop = reject;
        next().then(resolve, reject);
      });
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!hasEnded) {
      const ending = Promise.resolve(iterator.return?.());
      if (signal.aborted) ending.catch(() => {});
      else await ending;
    }
  }
}
