import { encodeRecords } from "@maxcompute-tunnel/codec";
import { ask, type Server } from "./exchange.ts";
import { downloadRows } from "./world/table.ts";

/** Rows that went into one block, told apart from all others by their number. */
export interface Batch {
  readonly number: number;
  readonly rows: number;
}

/** An upload session as its client knows it. */
export interface OpenSession {
  readonly id: string;
  readonly table: string;
  readonly overwrite: boolean;
  /** Acknowledged blocks. */
  readonly blocks: Map<number, Batch>;
}

/** What was under way when the process died, and may therefore have happened or not. */
export type Uncertain =
  | { readonly kind: "nothing" }
  | { readonly kind: "block"; readonly blockId: number; readonly batch: Batch }
  | { readonly kind: "commit" }
  | { readonly kind: "table"; readonly name: string };

/** Everything that was acknowledged, and so must be there after any crash. */
export interface Ledger {
  /** Committed batches of every table, in the order they were committed. */
  readonly tables: Map<string, readonly Batch[]>;
  session: OpenSession | undefined;
  uncertain: Uncertain;
}

const columns = [
  { name: "batch", type: "bigint" },
  { name: "row", type: "bigint" },
  { name: "note", type: "string" },
] as const;

export const tableColumns: string = columns.map(({ name, type }) => `\`${name}\` ${type}`).join(", ");

/** The record stream of a batch. */
export function encodeBatch({ number, rows }: Batch): Uint8Array {
  const note = `${number} `.repeat(64);
  return encodeRecords(
    columns,
    Array.from({ length: rows }, (_, row) => ({ batch: number, row, note })),
  );
}

/** What a table holds once a session is committed, in the order of the block ids. */
export function committed(before: readonly Batch[], { overwrite, blocks }: OpenSession): readonly Batch[] {
  const added = [...blocks].sort(([a], [b]) => a - b).map(([, batch]) => batch);
  return overwrite ? added : [...before, ...added];
}

/**
 * Holds an emulator that has just come back against what it had acknowledged, and writes down what became of what
 * was under way.
 *
 * @returns whether that took effect
 * @throws Error saying what is lost or should not be there
 */
export async function settle(server: Server, ledger: Ledger): Promise<boolean> {
  const { session, uncertain } = ledger;
  ledger.uncertain = { kind: "nothing" };
  let tookEffect = false;
  if (uncertain.kind === "table") {
    const path = `/projects/${server.project}/tables/${uncertain.name}`;
    tookEffect = (await ask(server, "POST", `${path}?downloads`)).status === 200;
    if (tookEffect) {
      ledger.tables.set(uncertain.name, []);
    }
  }
  if (session !== undefined) {
    const found = await readSession(server, session);
    const before = ledger.tables.get(session.table) ?? [];
    if (found.status === "closed") {
      same(uncertain.kind, "commit", "session closed while what was under way was");
      ledger.tables.set(session.table, committed(before, session));
      ledger.session = undefined;
      tookEffect = true;
    } else {
      same(found.status, "normal", "session status");
      if (uncertain.kind === "block") {
        const { blockId, batch } = uncertain;
        const rows = found.blocks.get(blockId);
        // Only the block that replaces another of the same size cannot be told from it; sizes differ therefore.
        tookEffect = rows === batch.rows;
        if (tookEffect) {
          session.blocks.set(blockId, batch);
        }
      }
      same(describeBlocks(found.blocks), describeBlocks(rowsOf(session)), "block list");
    }
  }
  for (const [table, batches] of ledger.tables) {
    same(describe(await readTable(server, table)), describe(batches), `rows of ${table}`);
  }
  return tookEffect;
}

async function readSession(
  server: Server,
  { id, table }: OpenSession,
): Promise<{ readonly status: string; readonly blocks: ReadonlyMap<number, number> }> {
  const answer = await ask(server, "GET", `/projects/${server.project}/tables/${table}?uploadid=${id}`);
  same(answer.status, 200, "answer about the session");
  const { Status, UploadedBlockList } = answer.json() as {
    readonly Status: string;
    readonly UploadedBlockList: readonly { readonly BlockID: number; readonly RecordCount: number }[];
  };
  const blocks = UploadedBlockList.map(({ BlockID, RecordCount }) => [BlockID, RecordCount] as const);
  same(new Set(blocks.map(([blockId]) => blockId)).size, blocks.length, "number of different block ids");
  return { status: Status, blocks: new Map(blocks) };
}

/** The batches of a table in order, each checked to be whole. */
async function readTable(server: Server, table: string): Promise<readonly Batch[]> {
  const batches: { number: number; rows: number }[] = [];
  for (const { batch, row, note } of await downloadRows(server, table, columns)) {
    const number = Number(batch);
    if (row === 0n) {
      batches.push({ number, rows: 0 });
    }
    const last = batches.at(-1);
    same(last?.number, number, `batch of a row of ${table}`);
    same(Number(row), last?.rows, `row within batch ${number} of ${table}`);
    same(note, `${number} `.repeat(64), `text of a row of ${table}`);
    if (last !== undefined) {
      last.rows += 1;
    }
  }
  return batches;
}

function rowsOf({ blocks }: OpenSession): ReadonlyMap<number, number> {
  return new Map([...blocks].map(([blockId, { rows }]) => [blockId, rows]));
}

function describeBlocks(blocks: ReadonlyMap<number, number>): string {
  const sorted = [...blocks].sort(([a], [b]) => a - b);
  return sorted.map(([blockId, rows]) => `${blockId}: ${rows} rows`).join(", ");
}

function describe(batches: readonly Batch[]): string {
  return batches.map(({ number, rows }) => `#${number}: ${rows} rows`).join(", ");
}

function same(found: unknown, expected: unknown, what: string): void {
  if (found !== expected) {
    throw new Error(`${what}: expected ${expected}, got ${found}`);
  }
}
