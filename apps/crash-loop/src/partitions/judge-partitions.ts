import { mayBeEither } from "../kill/go-on.ts";
import type { ClientEnd } from "../world/client.ts";
import type { TableState } from "../world/table.ts";

/** What each partition holds. */
export type PartitionStates = ReadonlyMap<string, TableState>;

/**
 * Holds what a run has told against the partitions: each is empty or whole, what was whole stays so, success means that all
 * are, and a failure says of each partition what is true of it. Gives what is wrong.
 */
export function judgePartitions(
  end: ClientEnd,
  before: PartitionStates,
  after: PartitionStates,
): string | undefined {
  for (const [part, state] of after) {
    if (state.kind === "wrong") return `partition ${part} holds ${state.what}`;
    if (state.kind === "empty" && before.get(part)?.kind === "exact")
      return `partition ${part} was whole before`;
    if (state.kind === "empty" && end.exitCode === 0)
      return `success was told, and partition ${part} is empty`;
  }
  return end.exitCode === 0 || mayBeEither(end) ? undefined : judgeReport(end.stdout, before, after);
}

/** A failure names partitions that it has dealt with; of the others nothing has changed. */
function judgeReport(stdout: string, before: PartitionStates, after: PartitionStates): string | undefined {
  const report = JSON.parse(stdout) as FailureReport;
  const told = new Map((report.partitions ?? []).map(({ partition, committed }) => [partition, committed]));
  for (const [part, { kind }] of after) {
    const committed = told.get(`part=${part}`) ?? before.get(part)?.kind === "exact";
    if (committed === "unknown" || committed === (kind === "exact")) continue;
    return `partition ${part} is ${kind}, and was told to be ${committed ? "committed" : "not committed"}`;
  }
  return undefined;
}

interface FailureReport {
  readonly partitions?: readonly { readonly partition: string; readonly committed: boolean | "unknown" }[];
}
