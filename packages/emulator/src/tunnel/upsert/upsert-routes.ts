import { Refusal } from "../../refusal.ts";
import type { Call } from "../../server/call.ts";
import { jsonReply, type Reply } from "../../server/reply.ts";
import type { Route } from "../../server/router.ts";
import type { Services } from "../../server/services.ts";
import { findOpenUpsert, findUpsert } from "../../storage/apply-upsert-change.ts";
import { findPartition, type Table, type UpsertRecord } from "../../storage/state.ts";
import { receiveRecords } from "../receive-records.ts";
import { serverAddress } from "../server-address.ts";
import { slotCount } from "../slot-count.ts";
import { checkPartitionOfSession, tableRoutes, targetPartition, targetTable } from "../table-target.ts";
import { checkUpserts } from "./check-upserts.ts";
import { createUpsertCommits } from "./commit-upserts.ts";
import { keyTable } from "./key-table.ts";
import { rowKey } from "./row-key.ts";
import { renderUpsertSession } from "./upsert-document.ts";
import { upsertColumns } from "./upsert-record.ts";

const hourMs = 3_600_000;

/** A commit that takes longer is answered `committing`, and the client asks again. */
const commitAnswerMs = 30_000;

/**
 * Upsert: changes by primary key, gathered by bucket and merged into the table by a commit.
 *
 * protocol: MaxCompute Tunnel, upsert.
 */
export function upsertRoutes(services: Services): readonly Route[] {
  const { store, clock } = services;
  const commits = createUpsertCommits(services);

  const create = async (call: Call): Promise<Reply> => {
    const { table, partition } = targetPartition(store.state, call);
    findPartition(table, partition);
    const rules = keyTable(table);
    rowKey(table.columns, rules);
    const at = clock.now();
    const session = {
      ...rules,
      id: store.newId(at),
      tableId: table.id,
      partition,
      createdAt: at,
      expiresAt: at + lifetimeMs(call.query.get("lifecycle")),
      columns: table.columns,
      slotCount: Math.min(slotCount(call.query.get("slotnum")), rules.bucketCount),
      status: "normal",
    } as const;
    await store.submit({ kind: "create-upsert", upsert: session });
    return answer(call, table, findUpsert(store.state, session.id));
  };

  const flush = async (call: Call): Promise<Reply> => {
    const { session } = sessionOf(call);
    checkTakesMore(session.id);
    const index = parseBucket(call.query.get("bucketid") ?? "", session.bucketCount);
    const { bucketCount: of, hasher } = session;
    await receiveRecords(
      call,
      {
        columns: upsertColumns(session.columns, session.primaryKey),
        inspect: checkUpserts(session, index),
        keep: (segment) => {
          checkTakesMore(session.id);
          const pack = { ...segment, bucket: { index, of, hasher } };
          return store.submit({ kind: "store-upserts", at: clock.now(), upsertId: session.id, pack });
        },
      },
      services,
    );
    // Exactly 200: the Java client takes any other success for a failure.
    return { status: 200 };
  };

  const commit = async (call: Call): Promise<Reply> => {
    const { table, session } = sessionOf(call);
    // A commit whose answer was lost comes again, and is told what it was told.
    if (session.status !== "committed") {
      await soon(commits.commit(session.id), call.signal);
    }
    return answer(call, table, session);
  };

  const abort = async (call: Call): Promise<Reply> => {
    const { table, session } = sessionOf(call);
    await store.submit({ kind: "abort-upsert", at: clock.now(), upsertId: session.id });
    return answer(call, table, session);
  };

  /** @throws Refusal unless the session is open and nobody is committing it */
  const checkTakesMore = (id: string): void => {
    findOpenUpsert(store.state, id, clock.now());
    if (commits.isUnderWay(id)) {
      throw new Refusal("StatusConflict", `The upsert session ${id} is being committed; it takes no more.`);
    }
  };

  /** Waits until the work is done, or until it is time to answer without it. */
  const soon = async (work: Promise<void>, signal: AbortSignal): Promise<void> => {
    let stopWaiting = (): void => undefined;
    const enough = new Promise<void>((resolve) => {
      const cancel = clock.schedule(commitAnswerMs, resolve);
      const give = (): void => resolve();
      signal.addEventListener("abort", give);
      stopWaiting = () => {
        cancel();
        signal.removeEventListener("abort", give);
      };
    });
    try {
      await Promise.race([work, enough]);
    } finally {
      stopWaiting();
    }
  };

  const sessionOf = (call: Call): { table: Table; session: UpsertRecord } => {
    const table = targetTable(store.state, call);
    const session = findUpsert(store.state, call.query.get("upsertid") ?? "");
    if (session.tableId !== table.id) {
      throw new Refusal("UpsertSessionNotFound", `Upsert session ${session.id} is one of another table.`);
    }
    checkPartitionOfSession(call, table, session.partition);
    return { table, session };
  };

  const answer = (call: Call, table: Table, session: UpsertRecord): Reply =>
    jsonReply(
      renderUpsertSession(session, {
        table,
        now: clock.now(),
        isCommitting: commits.isUnderWay(session.id),
        address: serverAddress(call),
        quotaName: call.query.get("quotaName") ?? "",
      }),
    );

  const needs = ["upsertid"];
  return [
    ...tableRoutes("/upserts", { action: "store upserts", method: "PUT", needs, handle: flush }),
    ...tableRoutes("/upserts", { action: "commit upsert", method: "POST", needs, handle: commit }),
    ...tableRoutes("/upserts", { action: "abort upsert", method: "DELETE", needs, handle: abort }),
    ...tableRoutes("/upserts", {
      action: "get upsert",
      method: "GET",
      needs,
      handle: (call) => {
        const { table, session } = sessionOf(call);
        return answer(call, table, session);
      },
    }),
    ...tableRoutes("/upserts", { action: "create upsert", method: "POST", handle: create }),
  ];
}

function parseBucket(text: string, bucketCount: number): number {
  const bucket = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(bucket < bucketCount)) {
    throw new Refusal(
      "InvalidArgument",
      `Expected bucketid to be from 0 to ${bucketCount - 1}, got ${JSON.stringify(text)}.`,
    );
  }
  return bucket;
}

/** protocol: MaxCompute Tunnel, upsert: `lifecycle` in hours, 1 to 24. */
function lifetimeMs(text: string | undefined): number {
  const hours = text === undefined ? 24 : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(hours >= 1 && hours <= 24)) {
    throw new Refusal("InvalidArgument", `Expected lifecycle to be from 1 to 24 hours, got ${text}.`);
  }
  return hours * hourMs;
}
