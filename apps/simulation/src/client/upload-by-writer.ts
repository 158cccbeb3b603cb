import { type CommitReceipt, type CommitState, createUploadSession } from "@maxcompute-tunnel/session";
import {
  type BlockSink,
  createMemoryBudget,
  noCompression,
  openBufferedWriter,
} from "@maxcompute-tunnel/writer";
import { project, table } from "../world/server.ts";
import { storedSnappy } from "../world/snappy.ts";
import { type ClientParts, connect } from "./connect.ts";
import { pacedRows } from "./paced-rows.ts";
import type { Watcher } from "./watcher.ts";
import { writerClock } from "./writer-clock.ts";

/** Uploads the rows of a schedule with the buffered writer, and commits once. */
export async function uploadByWriter(
  parts: ClientParts,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<CommitReceipt> {
  const { schedule, life, ports, outputs } = parts;
  const opened = await createUploadSession(connect(parts), { project, table }, { signal });
  const session = ports.session?.(opened) ?? opened;
  watcher.sessionIds.add(session.id);
  const budget = createMemoryBudget(schedule.blockBytes * (1 + schedule.parallel));
  watcher.budget = budget;
  // Without its id: what another life of this process knew of the same session died with it.
  const sink: BlockSink = {
    schema: session.schema,
    maxFieldBytes: session.maxFieldBytes,
    putBlock: (...call) => session.putBlock(...call),
    listBlocks: (...call) => session.listBlocks(...call),
  };
  const writer = openBufferedWriter<object>(sink, {
    budget,
    parallel: schedule.parallel,
    blockBytes: schedule.blockBytes,
    maxRows: schedule.blockRows,
    compress: schedule.compression === "snappy" ? storedSnappy : noCompression,
    signal,
    clock: writerClock(parts),
    onProgress: (event) => {
      outputs.say(event);
      if (event.kind === "block-stored") {
        watcher.stored(session.id, event.block.blockId, event.block.rows);
      }
    },
  });
  for await (const row of pacedRows(schedule, life, watcher)) {
    const wait = writer.write(row);
    if (wait !== undefined && ports.backpressure !== "ignored") {
      await wait;
    }
  }
  const { blockIds } = await writer.close();
  watcher.committedIds = blockIds;
  return session.commit(blockIds, {
    signal,
    onState: (state: CommitState) => {
      watcher.commitStates.add(state.kind);
    },
  });
}
