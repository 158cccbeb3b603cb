import type { Call } from "../server/call.ts";
import { type Reply, textReply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { defaultSchemaName, findTable } from "../storage/state.ts";
import { parseColumns } from "../tunnel/asked-columns.ts";
import { firstRows, rowLimit } from "../tunnel/first-rows.ts";
import { csvHeader, csvLines } from "./documents/csv-text.ts";

/** More rows than these are not shown, whatever is asked for. */
const maxHeadRows = 10_000;

/**
 * The first rows of a table as CSV: `?data&linenum=n[&cols=a,b][&partition=..]`.
 *
 * protocol: MaxCompute, observed clients: without `charset=utf-8` PyODPS reads the answer as Latin-1.
 */
export function headRoutes({ store }: Services): readonly Route[] {
  const head = async (call: Call): Promise<Reply> => {
    const schema = call.name("schema") || call.query.get("schema_name") || call.query.get("curr_schema");
    const table = findTable(store.state, {
      project: call.name("project"),
      schema: schema || defaultSchemaName,
      table: call.name("table"),
    });
    const all = [...table.columns, ...table.partitionKeys];
    const asked = parseColumns(call.query.get("cols"), all);
    const sources = asked.map((column) => all.indexOf(column));
    const line = csvLines(asked);
    const lines = [csvHeader(asked)];
    const limit = rowLimit(call.query.get("linenum"), maxHeadRows);
    for (const source of firstRows(table, call.query.get("partition"), limit, store.blocks)) {
      for await (const rows of source) {
        lines.push(...rows.map((row) => line(sources.map((index) => row[index]))));
      }
    }
    return textReply(`${lines.join("\n")}\n`, "text/csv; charset=utf-8");
  };
  return ["/projects/:project", "/projects/:project/schemas/:schema"].map((base) => ({
    action: "read head",
    dialect: "service",
    method: "GET",
    path: `${base}/tables/:table`,
    needs: ["data", "linenum"],
    handle: head,
  }));
}
