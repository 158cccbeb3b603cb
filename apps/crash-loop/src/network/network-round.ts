import { join } from "node:path";
import { uploadFiles } from "@maxcompute-tunnel/files";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { type Mishap, startTcpProxy, type TcpProxy } from "@maxcompute-tunnel/testkit";
import { createTransport } from "@maxcompute-tunnel/transport";
import { isWriterError, type UploadReceipt } from "@maxcompute-tunnel/writer";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import type { Lane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";
import { compareTable, createSourceTable } from "../world/table.ts";

/** How a round with a broken network went. */
export interface NetworkResult {
  readonly mishap: Mishap;
  readonly hasHappened: boolean;
  /** What the upload over that network came to. */
  readonly outcome: "success" | "error" | "unknown";
  /** The error's code, and the first of its words. */
  readonly error?: string;
  /** Requests for blocks that had to be made again. */
  readonly retries: number;
  /** How long both uploads took. */
  readonly ms: number;
  /** Bytes that went through, in each direction. */
  readonly passed: TcpProxy["passed"];
  readonly problem?: string;
}

/**
 * Uploads over a network that something happens to, then, after an error, goes on over one that works. After each the
 * table is compared with the source and with what was said.
 */
export async function networkRound(
  lane: Lane,
  source: SourceFile,
  round: string,
  mishap: Mishap | undefined,
): Promise<NetworkResult> {
  const began = performance.now();
  const table = `n${round}`;
  await createSourceTable(lane.emulator, table);
  const port = Number(new URL(lane.emulator.endpoint).port);
  await using broken = await startTcpProxy(port, mishap === undefined ? [] : [mishap]);
  const upload = (endpoint: string): Promise<UploadReceipt> => uploadOver(endpoint, lane, table, source);
  const first = await upload(broken.endpoint).catch((error: unknown) => error as Error);
  const outcome = !(first instanceof Error)
    ? "success"
    : isWriterError(first) && first.code === "outcome-unknown"
      ? "unknown"
      : "error";
  const result = (problem?: string): NetworkResult => ({
    mishap: mishap ?? { direction: "up", at: { bytes: 0 }, effect: { kind: "stall", ms: 0 } },
    hasHappened: broken.happened.length > 0,
    outcome,
    retries: first instanceof Error ? 0 : first.retries,
    ms: performance.now() - began,
    passed: { ...broken.passed },
    ...(first instanceof Error ? { error: `${codeOf(first)}: ${first.message}` } : {}),
    ...(problem === undefined ? {} : { problem: `${JSON.stringify(mishap)}: ${problem}` }),
  });
  const before = await compareTable(lane.emulator, table, source);
  const promised = { success: ["exact"], error: ["empty"], unknown: ["empty", "exact"] }[outcome];
  if (!promised.includes(before.kind)) {
    return result(
      `${outcome} was told (${first instanceof Error ? first.message : ""}), and the table is ${JSON.stringify(before)}`,
    );
  }
  if (first instanceof Error && codeOf(first) === undefined) return result(`no clear error: ${first.stack}`);
  const second = await upload(lane.emulator.endpoint).catch((error: unknown) => error as Error);
  const after = await compareTable(lane.emulator, table, source);
  if (second instanceof Error)
    return result(`it does not go on after "${(first as Error).message}": ${second.message}`);
  if (after.kind !== "exact") return result(`gone on, the table is ${JSON.stringify(after)}`);
  if (outcome === "success" && second.outcome !== "already-committed")
    return result("it was committed twice");
  return result();
}

/** How long a silent server is waited for: there are many rounds, and on loopback silence is no distance. */
const patienceMs = 1_000;

async function uploadOver(
  endpoint: string,
  lane: Lane,
  table: string,
  source: SourceFile,
): Promise<UploadReceipt> {
  const { project, accessKeyId, accessKeySecret } = lane.emulator;
  const transport = createTransport({
    credentials: { kind: "access-key", accessKeyId, accessKeySecret },
    retry: { baseDelayMs: 20, maxDelayMs: 200, maxAttempts: 6 },
    timeouts: { firstByteMs: patienceMs, idleMs: patienceMs },
  });
  return await uploadFiles(uploadTarget({ transport, endpoint }, { project, table }), [source.path], {
    job: table,
    journal: journalDirectory(join(lane.directory, "journals")),
    blockBytes: 32 * 1024,
    workers: 1,
    parallel: 3,
    settleMs: 500,
  });
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" && error.code !== "" ? error.code : undefined;
}
