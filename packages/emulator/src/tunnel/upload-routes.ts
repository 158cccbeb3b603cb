import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { jsonReply, type Reply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { isOver, noSuchUpload, wrongStatus } from "../storage/apply-session-change.ts";
import { findPartition, type Table, type UploadRecord } from "../storage/state.ts";
import { renderUploadSession } from "./session-document.ts";
import { storeBlock } from "./store-block.ts";
import {
  checkPartitionOfSession,
  checkTakesAppends,
  tableRoutes,
  targetPartition,
  targetTable,
} from "./table-target.ts";

/** protocol: MaxCompute Tunnel, block rules: ids 0..19999. */
const maxBlockId = 19_999;

/** Batch upload: create a session, put blocks, ask for the list, commit. */
export function uploadRoutes(services: Services): readonly Route[] {
  const { store, clock, secondCommit, profile } = services;

  const create = async (call: Call): Promise<Reply> => {
    const { table, partition } = targetPartition(store.state, call);
    checkTakesAppends(table);
    if (call.query.get("create_partition") === "true" && partition.length > 0) {
      await store.submit({
        kind: "add-partitions",
        at: clock.now(),
        tableId: table.id,
        partitions: [partition],
        ifNotExists: true,
      });
    }
    findPartition(table, partition);
    const at = clock.now();
    const id = store.newId(at);
    const overwrite = call.query.get("overwrite") === "true";
    await store.submit({ kind: "create-upload", at, id, tableId: table.id, partition, overwrite });
    return answer(call, table, findUpload(id));
  };

  const put = async (call: Call): Promise<Reply> => {
    const { table, upload } = sessionOf(call);
    const blockId = parseBlockId(call.query.get("blockid") ?? "");
    checkOpen(upload, clock.now());
    await storeBlock(call, { uploadId: upload.id, blockId, columns: table.columns }, services);
    return { status: 200 };
  };

  const commit = async (call: Call): Promise<Reply> => {
    const { table, upload } = sessionOf(call);
    if (upload.status !== "closed") {
      checkOpen(upload, clock.now());
      try {
        await store.submit({ kind: "commit-upload", at: clock.now(), uploadId: upload.id });
        return answer(call, table, findUpload(upload.id));
      } catch (error) {
        // Another commit of the same session was first.
        if (upload.status !== ("closed" as UploadRecord["status"])) {
          throw error;
        }
      }
    }
    if (profile === "lenient") {
      await store.submit({ kind: "commit-upload", at: clock.now(), uploadId: upload.id, again: true });
    }
    switch (secondCommit) {
      case "closed":
        return answer(call, table, upload);
      case "conflict":
        throw wrongStatus(upload, clock.now());
      case "not-found":
        throw noSuchUpload(upload.id);
    }
  };

  const findUpload = (id: string): UploadRecord => {
    const upload = store.state.uploads.get(id);
    if (upload === undefined) {
      throw noSuchUpload(id);
    }
    return upload;
  };

  const sessionOf = (call: Call): { table: Table; upload: UploadRecord } => {
    const table = targetTable(store.state, call);
    const upload = findUpload(call.query.get("uploadid") ?? "");
    if (upload.tableId !== table.id) {
      throw noSuchUpload(upload.id);
    }
    checkPartitionOfSession(call, table, upload.partition);
    return { table, upload };
  };

  const answer = (call: Call, table: Table, upload: UploadRecord): Reply =>
    jsonReply(
      renderUploadSession(upload, {
        table,
        owner: call.identity.owner,
        now: clock.now(),
        quotaName: call.query.get("quotaName") ?? "",
        withBlocks: call.query.get("getblockid") !== "false",
      }),
    );

  return [
    ...tableRoutes("", { action: "create upload", method: "POST", needs: ["uploads"], handle: create }),
    ...tableRoutes("", { action: "put block", method: "PUT", needs: ["uploadid", "blockid"], handle: put }),
    ...tableRoutes("", { action: "commit upload", method: "POST", needs: ["uploadid"], handle: commit }),
    ...tableRoutes("", {
      action: "get upload",
      method: "GET",
      needs: ["uploadid"],
      handle: (call) => {
        const { table, upload } = sessionOf(call);
        return answer(call, table, upload);
      },
    }),
  ];
}

function checkOpen(upload: UploadRecord, now: number): void {
  if (upload.status !== "normal" || isOver(upload, now)) {
    throw wrongStatus(upload, now);
  }
}

function parseBlockId(text: string): number {
  const blockId = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(blockId <= maxBlockId)) {
    throw new Refusal(
      "InvalidBlockID",
      `Expected a block id from 0 to ${maxBlockId}, got ${JSON.stringify(text)}.`,
    );
  }
  return blockId;
}
