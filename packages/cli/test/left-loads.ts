import { join } from "node:path";
import type { UploadFact } from "@maxcompute-tunnel/writer";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import { writeUploadDetails } from "../src/state/upload-details.ts";

/** How a load was left. */
export type LeftState = "done" | "resumable" | "unknown" | "expired" | "ended";

/** Writes the journal of a load as an upload would have at that time, with its session good for a day more or over. */
export async function leaveLoad(
  home: string,
  job: string,
  state: LeftState,
  at: number,
  directory = ".local/state/mctunnel",
): Promise<void> {
  const journal = await journalDirectory(join(home, directory)).open(job);
  const range = { input: 0, start: 0, end: 10, unit: "bytes" } as const;
  const expiresAt = state === "expired" ? at : farFuture;
  const block = { blockId: 0, range, sourceChecksum: 1, rows: 1234, bytes: 99, checksum: 2, rejected: 2 };
  const facts: UploadFact[] = [
    {
      at,
      kind: "begun",
      job,
      table: { project: "proj", table: "people" },
      overwrite: false,
      details: writeUploadDetails({
        argv: ["upload", "my data.csv", "proj.people"],
        cwd: home,
        rejectsFile: join(home, "rejects.jsonl"),
      }),
    },
    { at, kind: "session", sessionId: `session-${job}`, expiresAt, columns: "id bigint" },
    { at, kind: "source", fingerprint: [{ name: "my data.csv" }] },
    { at, kind: "block-sealed", ...block },
    { at, kind: "block-stored", blockId: 0, sentBytes: 99, attempts: 1 },
  ];
  if (state === "done" || state === "unknown") {
    facts.push({ at, kind: "commit-intended", blockIds: "0", rows: 1234 });
  }
  if (state === "ended") facts.push({ at, kind: "refused", reason: "vanished" });
  if (state === "done") facts.push({ at, kind: "committed", confirmedBy: "answer" });
  for (const fact of facts) await journal.append(fact, { sync: true });
  await journal.close();
}

const farFuture = Date.UTC(2100, 0, 1);
