import { Refusal } from "../../refusal.ts";
import type { Call } from "../../server/call.ts";
import { jsonReply, type Reply } from "../../server/reply.ts";
import type { Route } from "../../server/router.ts";
import type { Services } from "../../server/services.ts";
import { findOpenStream } from "../../storage/apply-stream-change.ts";
import { findPartition, type StreamRecord, type Table } from "../../storage/state.ts";
import { receiveRecords } from "../receive-records.ts";
import { serverAddress } from "../server-address.ts";
import { slotCount } from "../slot-count.ts";
import {
  checkPartitionOfSession,
  checkTakesAppends,
  tableRoutes,
  targetPartition,
  targetTable,
} from "../table-target.ts";
import { askedSchemaVersion, wantsLatest } from "./schema-version.ts";
import { renderStreamSession } from "./stream-document.ts";

/**
 * Stream upload: rows are in the table as soon as a flush is answered.
 *
 * protocol: MaxCompute Tunnel, stream upload.
 */
export function streamRoutes(services: Services): readonly Route[] {
  const { store, clock } = services;

  const create = async (call: Call): Promise<Reply> => {
    const { query } = call;
    if (query.get("dynamic_partition") === "true") {
      throw new Refusal("NotImplemented", "Dynamic partitions are not offered here; name a partition.");
    }
    const { table, partition } = targetPartition(store.state, call);
    checkTakesAppends(table);
    const schemaVersion = askedSchemaVersion(query, table, table.schemaVersion);
    const wanted = call.request.headers["odps-tunnel-slot-num"] ?? call.request.headers["odps-slot-num"];
    const slots = slotCount(wanted?.toString());
    const at = clock.now();
    const createPartition = query.has("create_partition") && query.get("create_partition") !== "false";
    if (createPartition && partition.length > 0) {
      const partitions = [partition];
      await store.submit({ kind: "add-partitions", at, tableId: table.id, partitions, ifNotExists: true });
    }
    findPartition(table, partition);
    const stream: StreamRecord = {
      id: store.newId(at),
      tableId: table.id,
      partition,
      createdAt: at,
      schemaVersion,
      slotCount: slots,
      status: "normal",
    };
    await store.submit({ kind: "create-stream", stream });
    return answer(call, table, stream);
  };

  const flush = async (call: Call): Promise<Reply> => {
    const { table, stream } = sessionOf(call);
    const slot = call.query.get("slotid") ?? "0";
    if (!/^\d{1,9}$/.test(slot) || Number(slot) >= stream.slotCount) {
      throw new Refusal(
        "InvalidArgument",
        `Expected slotid to be from 0 to ${stream.slotCount - 1}, got ${JSON.stringify(slot)}.`,
      );
    }
    const version = askedSchemaVersion(call.query, table, stream.schemaVersion);
    const latestSchema = wantsLatest(call.query) ? { latestSchema: version } : {};
    const columns = table.columns.slice(0, table.columnCounts[version]);
    await receiveRecords(
      call,
      {
        columns,
        keep: (segment) =>
          store.submit({
            kind: "append-rows",
            at: clock.now(),
            streamId: stream.id,
            segment,
            ...latestSchema,
          }),
      },
      services,
    );
    // In lower case: the Java client looks these two up by their exact names, and cannot do without either.
    return {
      status: 200,
      headers: {
        "odps-tunnel-routed-server": serverAddress(call),
        "odps-tunnel-slot-num": String(stream.slotCount),
      },
    };
  };

  /** PyODPS aborts with the request that the Go client reloads with; only the Go client names a schema version. */
  const reloadOrAbort = async (call: Call): Promise<Reply> => {
    const isAbort = "odps-tunnel-routed-server" in call.request.headers && !call.query.has("schema_version");
    if (!isAbort) {
      return reload(call);
    }
    const known = store.state.streams.get(call.query.get("uploadid") ?? "");
    if (known?.status !== "aborted") {
      await store.submit({ kind: "abort-stream", streamId: sessionOf(call).stream.id });
    }
    return { status: 200 };
  };

  const reload = (call: Call): Reply => {
    const { table, stream } = sessionOf(call);
    return answer(call, table, stream);
  };

  const sessionOf = (call: Call): { table: Table; stream: StreamRecord } => {
    const table = targetTable(store.state, call);
    const stream = findOpenStream(store.state, call.query.get("uploadid") ?? "", clock.now());
    if (stream.tableId !== table.id) {
      throw new Refusal("StreamSessionNotFound", `Stream session ${stream.id} is one of another table.`);
    }
    checkPartitionOfSession(call, table, stream.partition);
    return { table, stream };
  };

  const answer = (call: Call, table: Table, stream: StreamRecord): Reply =>
    jsonReply(
      renderStreamSession(stream, {
        table,
        schemaVersion: askedSchemaVersion(call.query, table, stream.schemaVersion),
        address: serverAddress(call),
        quotaName: call.query.get("quotaName") ?? "",
      }),
    );

  return [
    ...tableRoutes("/streams", { action: "flush stream", method: "PUT", needs: ["uploadid"], handle: flush }),
    ...tableRoutes("/streams", { action: "get stream", method: "GET", needs: ["uploadid"], handle: reload }),
    ...tableRoutes("/streams", {
      action: "get or abort stream",
      method: "POST",
      needs: ["uploadid"],
      handle: reloadOrAbort,
    }),
    ...tableRoutes("/streams", { action: "create stream", method: "POST", handle: create }),
  ];
}
