import { formatType } from "@maxcompute-tunnel/codec";
import type { Query } from "../sql/query/query.ts";
import { translateQuery } from "../sql/query/translate-query.ts";
import type { BlockFiles } from "../storage/block-files.ts";
import type { ResultRows, TableColumn } from "../storage/state.ts";
import { SegmentWriter } from "../tunnel/upsert/segment-writer.ts";
import { type QueryContext, type ResultColumn, runQuery } from "./run-query.ts";

/**
 * Runs a query and writes its rows to a file of their own, which nobody owns yet.
 *
 * @throws SqlError or Refusal saying why the query failed; no file is left then
 */
export async function selectRows(
  query: Query,
  context: QueryContext,
  blocks: BlockFiles,
): Promise<ResultRows> {
  const translate = translateQuery.bind(undefined, query);
  return await runQuery(query, translate, context, async ({ columns, batches }) => {
    const named = withOwnNames(columns);
    const writer = await SegmentWriter.open(blocks, named);
    try {
      for await (const rows of batches) {
        await writer.addAll(rows);
      }
      const segment = await writer.finish();
      return { columns: named, segments: segment === undefined ? [] : [segment] };
    } catch (error) {
      await writer.discard();
      throw error;
    }
  });
}

/** A name that stands twice gets a number behind it, so that each column can be asked for. */
function withOwnNames(columns: readonly ResultColumn[]): readonly TableColumn[] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    let own = name;
    for (let number = 2; taken.has(own.toLowerCase()); number++) {
      own = `${name}${number}`;
    }
    taken.add(own.toLowerCase());
    return { name: own, type: formatType(type), nullable: true, comment: "" };
  });
}
