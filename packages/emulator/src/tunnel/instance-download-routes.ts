import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { jsonReply, type Reply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { isOver } from "../storage/apply-session-change.ts";
import { type DownloadRecord, findProject, type InstanceRecord, type ResultRows } from "../storage/state.ts";
import { arrowRows } from "./arrow/arrow-rows.ts";
import { conventionsOf } from "./arrow/conventions.ts";
import { parseColumns } from "./asked-columns.ts";
import { noSuchDownload, parseRowRange } from "./download-routes.ts";
import { encodedReply } from "./encoding/encoded-reply.ts";
import { recordStream, wantsMetrics } from "./record-stream.ts";
import { renderDownloadSession } from "./session-document.ts";

/** Rows of a session with `instance_tunnel_limit_enabled`. protocol: MaxCompute, READ_TABLE_MAX_ROW of a project. */
const limitedRows = 10_000;

/**
 * Instance download: the rows that a query gave, read by range like those of a table.
 *
 * protocol: MaxCompute Tunnel, instance result download: clients take the text of `?result` where an instance has no
 * rows (`InstanceTypeNotSupported`). Arrow timestamps are structs of seconds and nanoseconds here.
 */
export function instanceDownloadRoutes({ store, clock }: Services): readonly Route[] {
  const create = async (call: Call): Promise<Reply> => {
    const instance = findInstance(call);
    const at = clock.now();
    const id = store.newId(at);
    const limited = call.query.has("instance_tunnel_limit_enabled");
    await store.submit({
      kind: "create-result-download",
      at,
      id,
      instanceId: instance.id,
      rows: rowsOf(instance),
      maxRows: limited ? limitedRows : Number.MAX_SAFE_INTEGER,
    });
    return answer(call, findDownload(id, instance));
  };

  const read = (call: Call): Promise<Reply> => {
    const download = findDownload(call.query.get("downloadid") ?? "", findInstance(call));
    if (isOver(download, clock.now())) {
      throw noSuchDownload(download.id);
    }
    const { start, count } = parseRowRange(call.query.get("rowrange"), download.recordCount);
    const range = { start, count: Math.max(Math.min(count, download.recordCount - start), 0) };
    const asked = parseColumns(call.query.get("columns"), download.columns);
    const { "accept-encoding": accepted, "user-agent": userAgent } = call.request.headers;
    const conventions = { ...conventionsOf(userAgent), timestamps: "struct-columns" } as const;
    const rows = call.query.has("arrow")
      ? arrowRows(download, range, { asked, conventions }, store.blocks)
      : recordStream(download, range, { asked, metrics: wantsMetrics(call.request.headers) }, store.blocks);
    return encodedReply(rows, accepted);
  };

  const findInstance = (call: Call): InstanceRecord => {
    const project = findProject(store.state, call.name("project"));
    const instance = store.state.instances.get(call.name("instance"));
    if (instance === undefined || instance.project !== project.name) {
      throw new Refusal("NoSuchInstance", `The specified instance does not exist: ${call.name("instance")}`);
    }
    return instance;
  };

  const findDownload = (id: string, instance: InstanceRecord): DownloadRecord => {
    const download = store.state.downloads.get(id);
    if (download === undefined || download.tableId !== instance.id) {
      throw noSuchDownload(id);
    }
    return download;
  };

  const answer = (call: Call, download: DownloadRecord): Reply =>
    jsonReply(
      renderDownloadSession(download, {
        table: { partitionKeys: [] },
        owner: call.identity.owner,
        now: clock.now(),
        quotaName: call.query.get("quotaName") ?? "",
      }),
    );

  const path = "/projects/:project/instances/:instance";
  return [
    {
      action: "create instance download",
      dialect: "tunnel",
      method: "POST",
      path,
      permission: "read",
      needs: ["downloads"],
      handle: create,
    },
    {
      action: "read instance rows",
      dialect: "tunnel",
      method: "GET",
      path,
      needs: ["data", "downloadid"],
      handle: read,
    },
    {
      action: "get instance download",
      dialect: "tunnel",
      method: "GET",
      path,
      needs: ["downloadid"],
      handle: (call) => answer(call, findDownload(call.query.get("downloadid") ?? "", findInstance(call))),
    },
  ];
}

/** @throws Refusal saying why the instance has no rows */
function rowsOf({ id, tasks }: InstanceRecord): ResultRows {
  for (const { outcome } of tasks) {
    switch (outcome.kind) {
      case "running":
        throw new Refusal("InstanceNotTerminate", `The instance ${id} has not ended.`);
      case "cancelled":
        throw new Refusal("TaskFailed", `The instance ${id} was stopped.`);
      case "failure":
        throw new Refusal("TaskFailed", outcome.message);
      case "rows":
        return outcome.rows;
      case "success":
    }
  }
  throw new Refusal(
    "InstanceTypeNotSupported",
    `The instance ${id} gave no rows; its result is the text of ?result.`,
  );
}
