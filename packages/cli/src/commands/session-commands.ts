import { formatTableTarget, type TableTarget, type UploadSession } from "maxcompute-tunnel";
import { formatCount, formatCounted } from "../report/figures.ts";
import { shellCommand } from "../report/shell-words.ts";
import { type CliContext, type CommandRun, runCommand } from "./cli-context.ts";
import { openTable } from "./open-table.ts";
import type { CommonFlags } from "./settings-flags.ts";
import { formatBlockIds } from "./value-parsers.ts";

/** The flags of `mctunnel commit`. */
export interface CommitFlags extends CommonFlags {
  readonly blocks?: readonly number[];
}

/** `mctunnel status SESSION_ID TABLE`. */
export async function status(this: CliContext, flags: CommonFlags, id: string, table: string): Promise<void> {
  await withSession(this, "status", flags, id, table, async ({ run, session, target }) => {
    const snapshot = await session.blocks.refresh({ signal: run.stop.signal });
    const rows = sumRows(snapshot.blocks);
    const expiresAt = session.blocks.expiresAt?.toISOString();
    const name = formatTableTarget(target);
    if (flags.json === true) {
      writeJson(run, "status", target, id, {
        status: snapshot.status,
        statusText: snapshot.statusText,
        blocks: snapshot.blocks.length,
        rows,
        expiresAt,
      });
      return;
    }
    if (flags.quiet === true) return;
    const said =
      snapshot.status === "UNKNOWN" ? `UNKNOWN (the service says "${snapshot.statusText}")` : snapshot.status;
    const lines = [`${said}: session ${id} on ${name}`, `  ${describeBlocks(snapshot.blocks.length, rows)}`];
    if (snapshot.status === "CLOSED") lines.push("  it was committed: its rows are in the table");
    if (snapshot.status === "NORMAL") {
      lines.push(`  not committed${expiresAt === undefined ? "" : `; it expires at ${expiresAt}`}`);
      if (snapshot.blocks.length > 0) {
        const ids = formatBlockIds(snapshot.blocks.map(({ blockId }) => blockId));
        lines.push(
          `  to commit what it holds: ${shellCommand("mctunnel", "commit", id, name, "--blocks", ids)}`,
        );
      }
    }
    run.io.stdout.write(`${lines.join("\n")}\n`);
  });
}

/** `mctunnel blocks SESSION_ID TABLE`. */
export async function blocks(this: CliContext, flags: CommonFlags, id: string, table: string): Promise<void> {
  await withSession(this, "blocks", flags, id, table, async ({ run, session, target }) => {
    const held = await session.blocks.listBlocks({ signal: run.stop.signal });
    if (flags.json === true) {
      const list = held.map(({ blockId, recordCount, createdAt }) => ({
        blockId,
        rows: recordCount,
        createdAt,
      }));
      writeJson(run, "blocks", target, id, { blocks: list });
      return;
    }
    if (flags.quiet === true) return;
    const lines = held.map(({ blockId, recordCount, createdAt }) => {
      const rows = recordCount === undefined ? "?" : formatCount(recordCount);
      return `${String(blockId).padStart(5)}  ${rows.padStart(14)}  ${createdAt?.toISOString() ?? ""}`.trimEnd();
    });
    const header = `${"block".padStart(5)}  ${"rows".padStart(14)}  created`;
    run.io.stdout.write(`${[header, ...lines].join("\n")}\n`);
  });
}

/** `mctunnel commit SESSION_ID TABLE [--blocks 0-3]`. */
export async function commit(this: CliContext, flags: CommitFlags, id: string, table: string): Promise<void> {
  await withSession(this, "commit", flags, id, table, async ({ run, session, target }) => {
    const name = formatTableTarget(target);
    const ids =
      flags.blocks ??
      (await session.blocks.listBlocks({ signal: run.stop.signal })).map(({ blockId }) => blockId);
    run.aftermath = (error) => commitAftermath(error, id, name);
    run.stop.shieldCommit(shellCommand("mctunnel", "status", id, name));
    const receipt = await session.commit(ids);
    run.stop.endShield();
    const { blockIds, recordCount, confirmedBy } = receipt;
    if (flags.json === true) {
      writeJson(run, "commit", target, id, {
        blocks: blockIds.length,
        blockIds,
        rows: recordCount,
        confirmedBy,
      });
      return;
    }
    if (flags.quiet === true) return;
    const how = confirmedBy === "earlier-commit" ? "had been committed before" : "is committed";
    run.io.stdout.write(
      `Session ${id} ${how}: ${describeBlocks(blockIds.length, recordCount)} in ${name}.\n`,
    );
  });
}

interface SessionRun {
  readonly run: CommandRun;
  readonly session: UploadSession;
  readonly target: TableTarget;
}

async function withSession(
  context: CliContext,
  command: string,
  flags: CommonFlags,
  id: string,
  table: string,
  body: (opened: SessionRun) => Promise<void>,
): Promise<void> {
  await runCommand(context, command, flags, async (run) => {
    const { tunnel, target, noteContact, close } = await openTable(table, flags, run);
    run.aftermath = () => ({ safe: undefined, next: undefined, sessionId: id });
    try {
      const session = await tunnel.getUploadSession(target, id, { signal: run.stop.signal });
      noteContact();
      await body({ run, session, target });
    } finally {
      await close();
    }
  });
}

function commitAftermath(error: unknown, id: string, name: string): ReturnType<CommandRun["aftermath"]> {
  const code = (error as { readonly code?: unknown }).code;
  if (code === "outcome-unknown") {
    return {
      safe: `The rows are in ${name}, all of them, or not at all; load nothing again before that is known.`,
      next: shellCommand("mctunnel", "status", id, name),
      sessionId: id,
    };
  }
  return {
    safe: "Nothing was committed by this command.",
    next: shellCommand("mctunnel", "blocks", id, name),
    sessionId: id,
  };
}

function writeJson(
  run: CommandRun,
  command: string,
  target: TableTarget,
  sessionId: string,
  facts: object,
): void {
  const { project, schema, table, partition } = target;
  const report = { ok: true, command, project, schema, table, partition, sessionId, ...facts };
  run.io.stdout.write(`${JSON.stringify(report)}\n`);
}

function describeBlocks(count: number, rows: number | undefined): string {
  return rows === undefined
    ? formatCounted(count, "block")
    : `${formatCounted(count, "block")}, ${formatCounted(rows, "row")}`;
}

function sumRows(held: readonly { readonly recordCount?: number }[]): number | undefined {
  let total = 0;
  for (const { recordCount } of held) {
    if (recordCount === undefined) return undefined;
    total += recordCount;
  }
  return total;
}
