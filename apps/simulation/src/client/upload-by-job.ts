import { type BlockUploadSession, uploadTarget } from "@maxcompute-tunnel/session";
import {
  createMemoryBudget,
  rowSource,
  runUpload,
  type UploadJournal,
  type UploadReceipt,
  type UploadTarget,
} from "@maxcompute-tunnel/writer";
import { project, table } from "../world/server.ts";
import { storedSnappy } from "../world/snappy.ts";
import { type ClientParts, connect } from "./connect.ts";
import { pacedRows } from "./paced-rows.ts";
import type { Watcher } from "./watcher.ts";
import { writerClock } from "./writer-clock.ts";

/** Runs the job of a schedule: uploads its rows and commits them, or goes on with what an earlier life left. */
export async function uploadByJob(
  parts: ClientParts,
  watcher: Watcher,
  journal: UploadJournal,
  signal: AbortSignal,
): Promise<UploadReceipt> {
  const { schedule, life, now, ports, outputs } = parts;
  const plain = uploadTarget(connect(parts), { project, table });
  let sessionId = "";
  const wrap = (session: BlockUploadSession): BlockUploadSession => {
    sessionId = session.id;
    watcher.sessionIds.add(sessionId);
    return ports.session?.(session) ?? session;
  };
  const target: UploadTarget = {
    ...plain,
    create: async (options) => wrap(await plain.create(options)),
    resume: async (id, options) => wrap(await plain.resume(id, options)),
  };
  const budget = createMemoryBudget(schedule.blockBytes * (1 + schedule.parallel));
  watcher.budget = budget;
  const source = rowSource<object>(() => pacedRows(schedule, life, watcher), {
    name: "rows of the schedule",
    blockBytes: schedule.blockBytes,
    maxRows: schedule.blockRows,
    clock: writerClock(parts),
  });
  return runUpload(target, source, {
    job: "simulated",
    journal: ports.journal?.(journal) ?? journal,
    parallel: schedule.parallel,
    budget,
    ...(schedule.compression === "snappy" ? { compressor: storedSnappy } : {}),
    signal,
    now,
    onEvent: (event) => {
      outputs.say(event);
      watcher.commitStates.add(`job ${event.kind}`);
      if (event.kind === "block-stored") {
        watcher.stored(sessionId, event.block.blockId, event.block.rows);
      }
    },
  });
}
