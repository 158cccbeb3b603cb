/** Undoes steps in reverse order; later calls wait for the first. Steps may be added until then. */
export function stopOnce(undo: (() => Promise<void>)[]): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= (async () => {
      for (const step of undo.splice(0).reverse()) {
        await step();
      }
    })();
    return stopped;
  };
}
