import { formatCounted } from "../report/figures.ts";
import { shellCommand } from "../report/shell-words.ts";
import type { Aftermath } from "../report/write-failure.ts";
import type { PartitionStanding } from "./partition-upload.ts";

/** How far a load into several partitions came before it failed. */
export interface PartitionedStanding {
  /** The table as it can be given to a command. */
  readonly table: string;
  readonly uploads: readonly {
    readonly partition: string;
    readonly standing: PartitionStanding;
    readonly sessionId: string | undefined;
  }[];
  /** What `mctunnel resume` finds the load by; nothing when it has no journal. */
  readonly resumeName: string | undefined;
  readonly createPartition: boolean;
  readonly overwrite: boolean;
}

/** Says which partitions are in after a load into several failed, and how to go on. */
export function partitionedAftermath(_error: unknown, load: PartitionedStanding): Aftermath {
  const { table, uploads, resumeName } = load;
  const named = (standing: PartitionStanding | "out"): string[] =>
    uploads
      .filter((upload) => (standing === "out" ? !decided.has(upload.standing) : upload.standing === standing))
      .map(({ partition }) => partition);
  const [committed, unknown, out] = [named("committed"), named("unknown"), named("out")];
  const said: string[] = [];
  if (committed.length === 0 && unknown.length === 0) {
    const kept = load.overwrite ? "keeps what it held" : "is as it was";
    const created =
      load.createPartition && uploads.length > 0 ? " (partitions may have been created, empty)" : "";
    said.push(`Nothing was committed: ${table} ${kept}${created}.`);
    const left = uploads.filter(({ sessionId }) => sessionId !== undefined).length;
    if (left > 0) {
      const verb =
        left === 1
          ? "is left on the server and expires on its own"
          : "are left on the server and expire on their own";
      said.push(`${formatCounted(left, "session")} ${verb} within 24 hours.`);
    }
  } else {
    if (committed.length > 0) said.push(`Committed, whole: ${committed.join("; ")}.`);
    if (unknown.length > 0)
      said.push(`Not known: ${unknown.join("; ")}; load nothing into them before that is known.`);
    if (out.length > 0) said.push(`Not committed: ${out.join("; ")}.`);
  }
  const resume = resumeName === undefined ? undefined : shellCommand("mctunnel", "resume", resumeName);
  return {
    safe: said.join(" "),
    next: resume,
    again: resume,
    sessionId: undefined,
    partitions: uploads.map(({ partition, standing, sessionId }) => ({
      partition,
      committed: standing === "unknown" ? "unknown" : standing === "committed",
      sessionId,
    })),
  };
}

const decided: ReadonlySet<PartitionStanding> = new Set(["committed", "unknown"]);
