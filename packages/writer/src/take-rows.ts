/** What takes rows until there is something to wait for. */
export interface RowTaker {
  /** Throws when it takes no more rows. */
  checkOpen(): void;
  /** Takes rows from one on; gives the first one that is left. */
  take(from: number): number;
  /** What to wait for before the next row, if anything. */
  wait(): Promise<void> | undefined;
}

/** Has all of so many rows taken, waiting between them where that has to be; gives what to wait for before the next row. */
export function takeRows(count: number, taker: RowTaker, from = 0): Promise<void> | undefined {
  taker.checkOpen();
  for (let next = from; next < count; ) {
    next = taker.take(next);
    const wait = taker.wait();
    if (wait !== undefined && next < count) return wait.then(() => takeRows(count, taker, next));
  }
  return taker.wait();
}
