import {
  type BlockCompressor,
  blockCompressor,
  type DecidedCompression,
} from "../compress/block-compressor.ts";
import type { EncodeContext, EncodedBlock, EncodeTask } from "../format/format.ts";
import { loadFormat } from "../format/formats.ts";
import type { BlockRunner, RunningTask } from "./block-runner.ts";

/** Does tasks on the calling thread: one at a time, piece by piece, so that others get their turn. */
export class InlineRunner implements BlockRunner {
  readonly slots = 1;
  #compressor: BlockCompressor | undefined;
  readonly #running = new Set<AsyncGenerator<EncodedBlock>>();
  readonly #context: EncodeContext = {
    compressor: () => this.#compressor,
    giveBack: (chunk) => void chunk.buffer.transfer(0),
  };

  async useCompression(decided: DecidedCompression): Promise<void> {
    this.#compressor = await blockCompressor(decided);
  }

  start(task: EncodeTask): RunningTask {
    const blocks = this.#run(task);
    this.#running.add(blocks);
    return {
      next: async () => {
        const next = await blocks.next();
        if (next.done !== true) return next.value;
        this.#running.delete(blocks);
        return undefined;
      },
      cancel: () => {
        this.#running.delete(blocks);
        blocks.return(undefined).catch(() => undefined);
      },
    };
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    this.#running.clear();
    await Promise.allSettled(running.map((blocks) => blocks.return(undefined)));
  }

  async *#run(task: EncodeTask): AsyncGenerator<EncodedBlock> {
    const format = await loadFormat(task.format);
    yield* format.encode(task, this.#context);
  }
}
