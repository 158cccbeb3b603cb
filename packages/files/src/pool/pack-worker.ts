import { parentPort } from "node:worker_threads";
import { type BlockCompressor, blockCompressor } from "../compress/block-compressor.ts";
import type { EncodeContext, EncodedBlock, EncodeTask } from "../format/format.ts";
import { loadFormat } from "../format/formats.ts";
import { toPlainError } from "../plain-error.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

// The entry of a worker thread: one task at a time, one block whenever it is asked for.

const port = parentPort!;
let compressor: BlockCompressor | undefined;
let blocks: AsyncGenerator<EncodedBlock> | undefined;
/** Messages are worked on one after the other. */
let work: Promise<void> = Promise.resolve();

const context: EncodeContext = {
  compressor: () => compressor,
  giveBack: (chunk) => void chunk.buffer.transfer(0),
};

async function* run(task: EncodeTask): AsyncGenerator<EncodedBlock> {
  const format = await loadFormat(task.format);
  yield* format.encode(task, context);
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "prepare":
      await Promise.all(message.formats.map(loadFormat));
      return;
    case "start":
      blocks = run(message.task);
      return;
    case "next": {
      const next = await blocks?.next();
      if (next === undefined) return;
      if (next.done === true) {
        end({ kind: "done" });
        return;
      }
      post(
        { kind: "block", block: next.value },
        next.value.chunks.map(({ buffer }) => buffer),
      );
      return;
    }
    case "cancel":
      await blocks?.return(undefined);
      if (blocks !== undefined) end({ kind: "done" });
      return;
    case "compression":
      compressor = await blockCompressor(message.decided);
  }
}

function end(message: FromWorker): void {
  blocks = undefined;
  post(message);
}

function post(message: FromWorker, transferred: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transferred);
}

port.on("message", (message: ToWorker) => {
  work = work
    .then(() => handle(message))
    .catch((error: unknown) => end({ kind: "failed", error: toPlainError(error) }));
});
