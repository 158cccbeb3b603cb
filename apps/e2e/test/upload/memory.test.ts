import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "@maxcompute-tunnel/emulator";
import { describe, expect, it } from "vitest";

const megabyte = 1e6;

interface Outcome {
  readonly rows: number;
  readonly bytes: number;
  readonly baseBytes: number;
  readonly peakBytes: number;
}

/** Uploads `rows` rows of about a kilobyte in a process of its own. */
async function upload(how: "buffered" | "streamed", rows: number, budget: number): Promise<Outcome> {
  await using emulator = await startEmulator({ tables: ["CREATE TABLE t (id BIGINT, filler STRING)"] });
  const { endpoint, project, accessKeyId, accessKeySecret } = emulator;
  const worker = fileURLToPath(new URL("../support/upload-worker.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [worker, how, String(rows), String(budget)],
    {
      env: {
        ...process.env,
        ENDPOINT: endpoint,
        PROJECT: project,
        KEY_ID: accessKeyId,
        KEY_SECRET: accessKeySecret,
      },
    },
  );
  return JSON.parse(stdout) as Outcome;
}

// What the garbage collector has not yet taken back comes on top of what is held; these bounds leave it room.
describe("memory", () => {
  it("of a buffered writer stays within its budget however much is uploaded", async () => {
    const { rows, bytes, baseBytes, peakBytes } = await upload("buffered", 300_000, 48 * megabyte);
    expect(rows).toBe(300_000);
    expect(bytes).toBeGreaterThan(300 * megabyte);
    expect(peakBytes - baseBytes).toBeLessThan(48 * megabyte + 160 * megabyte);
  }, 120_000);

  it("of a record writer does not grow with the block", async () => {
    const { rows, bytes, baseBytes, peakBytes } = await upload("streamed", 300_000, 0);
    expect(rows).toBe(300_000);
    expect(bytes).toBeGreaterThan(300 * megabyte);
    expect(peakBytes - baseBytes).toBeLessThan(130 * megabyte);
  }, 120_000);
});
