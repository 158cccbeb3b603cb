import type { Call } from "../server/call.ts";
import type { Reply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { batchMessages, sentColumns, wholeStream } from "./arrow/arrow-stream.ts";
import { previewConventions } from "./arrow/conventions.ts";
import { parseColumns } from "./asked-columns.ts";
import { encodedReply } from "./encoding/encoded-reply.ts";
import { firstRows, rowLimit } from "./first-rows.ts";
import { tableRoutes, targetTable } from "./table-target.ts";

/** More rows than these are not previewed, whatever is asked for. */
const maxPreviewRows = 10_000;

/**
 * Preview: the first rows of a table or partition as a whole Arrow stream, which carries its schema. Partition
 * columns stand behind the others.
 *
 * protocol: MaxCompute Tunnel, preview: `limit=-1` asks for as many rows as there may be; without rows the stream is
 * a schema only. The compression of Arrow buffers that clients may accept is not made use of.
 */
export function previewRoutes({ store }: Services): readonly Route[] {
  const preview = (call: Call): Promise<Reply> => {
    const table = targetTable(store.state, call);
    const all = [...table.columns, ...table.partitionKeys];
    const { "accept-encoding": accepted, "user-agent": userAgent } = call.request.headers;
    const asked = parseColumns(call.query.get("columns"), all);
    const columns = sentColumns(all, asked, previewConventions(userAgent));
    const limit = rowLimit(call.query.get("limit"), maxPreviewRows);
    const sources = firstRows(table, call.query.get("partition"), limit, store.blocks);
    return encodedReply(wholeStream(columns, batchMessages(sources, columns)), accepted);
  };
  return tableRoutes("/preview", { action: "preview", method: "GET", handle: preview });
}
