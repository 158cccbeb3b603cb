import type { Trace } from "./trace.ts";

/** Why a run of the scheduler ended: what was waited for came, nothing more can happen, or it does not end. */
export type RunEnd = "done" | "idle" | "endless";

/** How an event is scheduled. */
export interface EventOptions {
  /** In words, for the trace. */
  readonly label: string;
  /** `background`: by itself no reason to go on, such as a server's housekeeping. @default "foreground" */
  readonly ground?: "foreground" | "background";
}

interface Entry extends Required<EventOptions> {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

const mostEvents = 50_000;

/**
 * Virtual time: events one by one in order of their time, each only when nothing that the one before set off is left to
 * be done. So a run has one order only, and days pass in milliseconds.
 */
export class Scheduler {
  readonly #trace: Trace;
  readonly #heap: Entry[] = [];
  #now: number;
  #order = 0;
  #foreground = 0;
  #events = 0;
  /** Called after every event and all that it set off. */
  onQuiet: () => void = () => undefined;

  constructor(trace: Trace, startAt: number) {
    this.#trace = trace;
    this.#now = startAt;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  get events(): number {
    return this.#events;
  }

  note(text: string): void {
    this.#trace.note(this.#now, text);
  }

  /** Runs a callback after a delay; the returned function cancels it. */
  schedule(delayMs: number, run: () => void, options: EventOptions): () => void {
    const entry: Entry = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#order++,
      run,
      cancelled: false,
      label: options.label,
      ground: options.ground ?? "foreground",
    };
    if (entry.ground === "foreground") {
      this.#foreground += 1;
    }
    this.#push(entry);
    return () => this.#cancel(entry);
  }

  /** Lets events happen until `isDone`, or until there is no reason to go on. */
  async run(isDone: () => boolean): Promise<RunEnd> {
    await turn();
    const last = this.#events + mostEvents;
    while (!isDone()) {
      if (this.#foreground === 0) {
        return "idle";
      }
      if (this.#events >= last) {
        return "endless";
      }
      const entry = this.#pop();
      if (entry === undefined) {
        return "idle";
      }
      if (entry.cancelled) {
        continue;
      }
      entry.cancelled = true;
      if (entry.ground === "foreground") {
        this.#foreground -= 1;
      }
      this.#now = entry.at;
      this.#events += 1;
      this.#trace.note(entry.at, entry.label);
      entry.run();
      await turn();
      this.onQuiet();
    }
    return "done";
  }

  #cancel(entry: Entry): void {
    if (entry.cancelled) {
      return;
    }
    entry.cancelled = true;
    if (entry.ground === "foreground") {
      this.#foreground -= 1;
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) {
        break;
      }
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) {
      return first;
    }
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = heap[child];
      if (left === undefined) {
        break;
      }
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, left)) {
        child += 1;
      }
      const smaller = heap[child] as Entry;
      if (!isBefore(smaller, last)) {
        break;
      }
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Resolves when all promises and ticks that could go on have gone on. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
