import { aroundBlocks, type BlockPassage } from "./around-blocks.ts";
import { afterStoring, afterThrottling, type Concurrency, initialConcurrency } from "./concurrency-policy.ts";
import type { UploadTarget } from "./upload-target.ts";

/** A gate that blocks pass on their way, and that narrows when the service is asked too much. */
export interface BlockGate {
  /** Puts the gate before a target. Blocks of all targets behind one gate are counted together. */
  before(target: UploadTarget): UploadTarget;
  /** Blocks that may be on their way now. */
  readonly limit: number;
  /** To be called when the service has answered 429, from a retry policy for example. */
  noteThrottled(): void;
}

/** A target whose blocks give way when the service is asked too much. */
export interface GatedTarget extends Pick<BlockGate, "limit" | "noteThrottled"> {
  readonly target: UploadTarget;
}

/** What a gate stands on. */
export interface GateOptions {
  /** Blocks that may be on their way when all is well. */
  readonly parallel: number;
  /** Milliseconds that only go forward. @default performance.now */
  readonly now?: () => number;
}

/** Puts a gate of its own before a target; see {@link blockGate}. */
export function gatedTarget(inner: UploadTarget, options: GateOptions): GatedTarget {
  const gate = blockGate(options);
  return {
    target: gate.before(inner),
    get limit() {
      return gate.limit;
    },
    noteThrottled: () => gate.noteThrottled(),
  };
}

/**
 * Makes a gate for the blocks of one target or several: where the service throttles, fewer blocks are sent at a time, and more again when it has
 * calmed down. Blocks wait for their turn in the order in which they came.
 */
export function blockGate({ parallel, now }: GateOptions): BlockGate {
  const clock = now ?? (() => performance.now());
  let state: Concurrency = initialConcurrency(parallel);
  let passing = 0;
  const waiting: (() => void)[] = [];
  const open = (): void => {
    while (passing < state.limit && waiting.length > 0) {
      passing += 1;
      waiting.shift()!();
    }
  };
  const enter = async (signal: AbortSignal | undefined): Promise<void> => {
    if (passing < state.limit) {
      passing += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    const leave = (): void => {
      const index = waiting.indexOf(resolve);
      if (index < 0) return;
      waiting.splice(index, 1);
      // It passes, and finds out by itself that it was given up.
      passing += 1;
      resolve();
    };
    signal?.addEventListener("abort", leave, { once: true });
    await promise;
    signal?.removeEventListener("abort", leave);
  };
  const pass: BlockPassage = async (send, signal) => {
    await enter(signal);
    try {
      signal?.throwIfAborted();
      const stored = await send();
      state = afterStoring(state);
      return stored;
    } finally {
      passing -= 1;
      open();
    }
  };
  return {
    before: (inner) => aroundBlocks(inner, pass),
    get limit() {
      return state.limit;
    },
    noteThrottled() {
      state = afterThrottling(state, clock());
    },
  };
}
