import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { jsonReply, type Reply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { isOver } from "../storage/apply-session-change.ts";
import { type DownloadRecord, findPartition, type Table } from "../storage/state.ts";
import { arrowRows } from "./arrow/arrow-rows.ts";
import { conventionsOf } from "./arrow/conventions.ts";
import { parseColumns } from "./asked-columns.ts";
import { encodedReply } from "./encoding/encoded-reply.ts";
import { recordStream, wantsMetrics } from "./record-stream.ts";
import { renderDownloadSession } from "./session-document.ts";
import { checkPartitionOfSession, tableRoutes, targetPartition, targetTable } from "./table-target.ts";

/** Table download: a session holds what was committed when it began, and rows are read from it by range. */
export function downloadRoutes({ store, clock }: Services): readonly Route[] {
  const create = async (call: Call): Promise<Reply> => {
    const { table, partition } = targetPartition(store.state, call);
    findPartition(table, partition);
    const at = clock.now();
    const id = store.newId(at);
    await store.submit({ kind: "create-download", at, id, tableId: table.id, partition });
    return answer(call, table, findDownload(id));
  };

  const read = (call: Call): Promise<Reply> => {
    const { table, download } = sessionOf(call);
    if (isOver(download, clock.now())) {
      throw noSuchDownload(download.id);
    }
    const changed = findPartition(table, download.partition).version !== download.version;
    if (changed && call.query.get("disable_modified_check") !== "true") {
      throw new Refusal(
        "TableModified",
        `The table ${table.name} has changed since the download session began.`,
      );
    }
    const range = parseRowRange(call.query.get("rowrange"), download.recordCount);
    const asked = parseColumns(call.query.get("columns"), download.columns);
    const { "accept-encoding": accepted, "user-agent": userAgent } = call.request.headers;
    const rows = call.query.has("arrow")
      ? arrowRows(download, range, { asked, conventions: conventionsOf(userAgent) }, store.blocks)
      : recordStream(download, range, { asked, metrics: wantsMetrics(call.request.headers) }, store.blocks);
    return encodedReply(rows, accepted);
  };

  const findDownload = (id: string): DownloadRecord => {
    const download = store.state.downloads.get(id);
    if (download === undefined) {
      throw noSuchDownload(id);
    }
    return download;
  };

  const sessionOf = (call: Call): { table: Table; download: DownloadRecord } => {
    const table = targetTable(store.state, call);
    const download = findDownload(call.query.get("downloadid") ?? "");
    if (download.tableId !== table.id) {
      throw noSuchDownload(download.id);
    }
    checkPartitionOfSession(call, table, download.partition);
    return { table, download };
  };

  const answer = (call: Call, table: Table, download: DownloadRecord): Reply =>
    jsonReply(
      renderDownloadSession(download, {
        table,
        owner: call.identity.owner,
        now: clock.now(),
        quotaName: call.query.get("quotaName") ?? "",
      }),
    );

  return [
    ...tableRoutes("", {
      action: "create download",
      method: "POST",
      permission: "read",
      needs: ["downloads"],
      handle: create,
    }),
    ...tableRoutes("", { action: "read rows", method: "GET", needs: ["data", "downloadid"], handle: read }),
    ...tableRoutes("", {
      action: "get download",
      method: "GET",
      needs: ["downloadid"],
      handle: (call) => {
        const { table, download } = sessionOf(call);
        return answer(call, table, download);
      },
    }),
  ];
}

export function noSuchDownload(id: string): Refusal {
  return new Refusal("NoSuchDownload", `The specified download id does not exist: ${id}`);
}

/** `(start,count)`; what lies past the end is answered with what exists, also on an empty table. */
export function parseRowRange(
  text: string | undefined,
  recordCount: number,
): { readonly start: number; readonly count: number } {
  if (text === undefined) {
    return { start: 0, count: recordCount };
  }
  const [, start, count] = /^\(\s*(\d{1,15})\s*,\s*(\d{1,15})\s*\)$/.exec(text) ?? [];
  if (start === undefined || count === undefined) {
    throw new Refusal(
      "InvalidRowRange",
      `Expected rowrange to be (start,count), got ${JSON.stringify(text)}.`,
    );
  }
  return { start: Number(start), count: Number(count) };
}
