import { decodeRecords } from "@maxcompute-tunnel/codec";
import { ask, type Server } from "../exchange.ts";
import { partitionOfRow, type SourceFile, sourceColumns, sourceRow, sourceTable } from "./source-file.ts";

/** What a table holds, held against a source: nothing, each of its rows once, or something else. */
export type TableState =
  | { readonly kind: "empty" }
  | { readonly kind: "exact" }
  | { readonly kind: "wrong"; readonly what: string };

/** The body of a request that runs one SQL statement. */
export function sqlJob(query: string): Uint8Array {
  return Buffer.from(
    `<Instance><Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name><Query>${query}</Query></SQL></Tasks></Job></Instance>`,
  );
}

/** Makes a table for rows of sources, with the partition key `part` where they are dealt out. */
export async function createSourceTable(server: Server, table: string, isDealt = false): Promise<void> {
  const query = `create table ${table} (${sourceTable})${isDealt ? " partitioned by (`part` string)" : ""};`;
  const { status, bytes } = await ask(server, "POST", `/projects/${server.project}/instances`, sqlJob(query));
  if (status !== 201) throw new Error(`Expected ${table} to be made, got ${status}: ${bytes}`);
}

/** All rows of a table or of one of its partitions, as the service sends them; none where there is no such partition. */
export async function downloadRows<
  Columns extends readonly { readonly name: string; readonly type: string }[],
>(
  server: Server,
  table: string,
  columns: Columns,
  partition?: string,
): Promise<Iterable<Readonly<Record<Columns[number]["name"], unknown>>>> {
  const path = `/projects/${server.project}/tables/${table}`;
  const of = partition === undefined ? "" : `&partition=${encodeURIComponent(partition)}`;
  const created = await ask(server, "POST", `${path}?downloads${of}`);
  if (created.status === 404 && partition !== undefined) return [];
  expectOk(created.status, `answer to a download of ${table}`);
  const { DownloadID, RecordCount } = created.json();
  if (RecordCount === 0) return [];
  const read = await ask(
    server,
    "GET",
    `${path}?data&downloadid=${DownloadID}&rowrange=(0,${RecordCount})${of}`,
  );
  expectOk(read.status, `answer to a read of ${table}`);
  return decodeRecords(columns, read.bytes) as Iterable<Record<Columns[number]["name"], unknown>>;
}

/**
 * Reads a table and compares it with the source, row by row.
 *
 * @param part one partition of it, which is compared with the rows that go there
 */
export async function compareTable(
  server: Server,
  table: string,
  source: SourceFile,
  part?: string,
): Promise<TableState> {
  const isMeant = (id: number): boolean => part === undefined || partitionOfRow(source, id) === part;
  const partition = part === undefined ? undefined : `part=${part}`;
  const seen = new Uint8Array(source.rows);
  const faults = new Map<string, number>();
  const fault = (what: string): void => void faults.set(what, (faults.get(what) ?? 0) + 1);
  let rows = 0;
  const read = await downloadRows(server, table, sourceColumns, partition);
  for (const { id: bigId, price, seen: at, note } of read) {
    rows += 1;
    const id = Number(bigId);
    const expected = sourceRow(source.seed, id);
    if (!(id >= 0 && id < source.rows)) {
      fault("not of the source");
    } else if (!isMeant(id)) {
      fault("of another partition");
    } else if (seen[id] === 1) {
      fault("twice");
    } else if (
      price !== expected.price ||
      note !== expected.note ||
      (at as Date).getTime() !== Date.parse(expected.seen)
    ) {
      fault("changed");
    }
    seen[id] = 1;
  }
  if (rows === 0) return { kind: "empty" };
  const missing = seen.reduce((sum, was, id) => sum + (was === 0 && isMeant(id) ? 1 : 0), 0);
  if (missing > 0) faults.set("missing", missing);
  if (faults.size === 0) return { kind: "exact" };
  const told = [...faults].map(([what, count]) => `${count} rows ${what}`).join(", ");
  return { kind: "wrong", what: `${rows} rows, of a source of ${source.rows}: ${told}` };
}

function expectOk(status: number, what: string): void {
  if (status !== 200) throw new Error(`${what}: expected 200, got ${status}`);
}
