import type { JournalDirectory, JournalSummary } from "@maxcompute-tunnel/writer/node";
import { CliError } from "../errors.ts";

/**
 * Finds a load by the id of its journal, its session or its job, or by the beginning of the first two; or the last one.
 *
 * @throws CliError `load-not-found`, or `invalid-usage` when several fit
 */
export async function findLoad(
  directory: JournalDirectory,
  named: string | undefined,
  last: boolean,
): Promise<JournalSummary> {
  if ((named === undefined) !== last) {
    throw new CliError("invalid-usage", "Which load is meant? Say an id, or --last.", {
      next: "mctunnel history",
    });
  }
  const all = await directory.list();
  if (named === undefined) {
    if (all[0] !== undefined) return all[0];
    throw new CliError("load-not-found", `There is no load in ${directory.path}.`);
  }
  const whole = all.filter(({ id, sessionId, job }) => [id, sessionId, job].includes(named));
  const found =
    whole.length > 0
      ? whole
      : all.filter(({ id, sessionId }) => id.startsWith(named) || sessionId?.startsWith(named) === true);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const ids = found.slice(0, 5).map(({ id }) => id);
    throw new CliError("invalid-usage", `"${named}" fits ${found.length} loads: ${ids.join(", ")}.`);
  }
  throw new CliError(
    "load-not-found",
    `session '${named}' not found: no load in ${directory.path} has this id.`,
    {
      next: "mctunnel history",
    },
  );
}
