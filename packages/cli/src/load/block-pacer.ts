import { setTimeout } from "node:timers/promises";
import { aroundBlocks, type UploadTarget } from "@maxcompute-tunnel/writer";
import type { CommandRun } from "../commands/cli-context.ts";
import { formatClock } from "../report/figures.ts";

/** What a pacer keeps to. */
export interface BlockPacerOptions {
  /** Blocks that the service takes for one table in a window. */
  readonly blocks: number;
  readonly windowMs: number;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  /** Settles after so long, or sooner when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Told when a block has to wait, and how long at most. */
  readonly onWait: (ms: number) => void;
}

/** Holds blocks back so that no more of them arrive in a window than the service takes. */
export class BlockPacer {
  readonly #options: BlockPacerOptions;
  /** When the blocks of the last window had arrived, in order. */
  readonly #arrived: number[] = [];
  #onTheirWay = 0;
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: BlockPacerOptions) {
    this.#options = options;
  }

  /** Puts the pacer before a target. Blocks of all targets behind one pacer are counted together. */
  before(target: UploadTarget): UploadTarget {
    return aroundBlocks(target, async (send, signal) => {
      await this.#enter(signal);
      try {
        return await send();
      } finally {
        this.#leave();
      }
    });
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    const { blocks, windowMs, now, sleep, onWait } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      while (this.#arrived.length > 0 && this.#arrived[0]! <= now() - windowMs) this.#arrived.shift();
      if (this.#arrived.length + this.#onTheirWay < blocks) {
        this.#onTheirWay += 1;
        return;
      }
      const [first] = this.#arrived;
      if (first === undefined) await this.#next.promise;
      else {
        const ms = first + windowMs - now();
        onWait(ms);
        await sleep(ms, signal);
      }
    }
  }

  /** A block counts from when the service has certainly seen it, so that clocks and ways of different length do no harm. */
  #leave(): void {
    this.#onTheirWay -= 1;
    this.#arrived.push(this.#options.now());
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}

/** The pacer of a load, which keeps to the service's quota for one table and says so when it has to wait. */
export function loadPacer({ io }: Pick<CommandRun, "io">, flags: PacedFlags): BlockPacer | undefined {
  const { blockQuota: blocks = quotaBlocks, quiet } = flags;
  if (blocks === 0) return undefined;
  let isTold = quiet === true;
  return new BlockPacer({
    blocks,
    windowMs: quotaWindowMs,
    now: () => performance.now(),
    sleep: (ms, signal) =>
      setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
    onWait: (ms) => {
      if (isTold) return;
      isTold = true;
      io.stderr.write(
        `warning: ${blocks} blocks were sent within five minutes, which is what the service takes for one table: the next waits ${formatClock(ms)}, and others may. Larger blocks (--block-size, --memory) are fewer.\n`,
      );
    },
  });
}

/** Flags that a pacer goes by. */
export interface PacedFlags {
  readonly blockQuota?: number;
  readonly quiet?: boolean;
}

/** What the service takes for one table (protocol: MaxCompute Tunnel, quotas). */
const quotaBlocks = 500;
const quotaWindowMs = 5 * 60_000;
