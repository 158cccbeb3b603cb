import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { blockGate, type UploadTarget } from "@maxcompute-tunnel/writer";
import type { CommandRun } from "../commands/cli-context.ts";
import type { OpenTable } from "../commands/open-table.ts";
import { loadPacer } from "./block-pacer.ts";
import { given } from "./reading.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** Opens the way to a partition of a table, or to the table. `onColumns` is told of the columns of each session. */
export type TargetOpener = (
  partition: string | undefined,
  onColumns?: (columns: readonly ColumnSpec[]) => void,
) => UploadTarget;

/** The way of a load's blocks: through one gate and at one pace for all its targets, and the service is heard on it. */
export function targetOpener(
  run: Pick<CommandRun, "io">,
  flags: UploadFlags,
  table: OpenTable,
): TargetOpener {
  const { overwrite = false, createPartition = false } = flags;
  const gate = blockGate({ parallel: parallelOf(flags) });
  table.onThrottled(() => gate.noteThrottled());
  const pacer = loadPacer(run, flags);
  const { partition: _its, ...name } = table.target;
  return (partition, onColumns) => {
    const options = { overwrite, createPartition, ...given({ partition }) };
    const target = heard(uploadTarget(table.tunnel.connection, name, options), (columns) => {
      table.noteContact();
      onColumns?.(columns);
    });
    return gate.before(pacer?.before(target) ?? target);
  };
}

/** How many blocks are on their way at a time. */
export function parallelOf({ parallel = 4 }: Pick<UploadFlags, "parallel">): number {
  return parallel;
}

function heard(target: UploadTarget, onSession: (columns: readonly ColumnSpec[]) => void): UploadTarget {
  const told = <Session extends { readonly schema: { readonly columns: readonly ColumnSpec[] } }>(
    session: Session,
  ): Session => {
    onSession(session.schema.columns);
    return session;
  };
  return {
    ...target,
    create: async (options) => told(await target.create(options)),
    resume: async (id, options) => told(await target.resume(id, options)),
  };
}
