import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "@maxcompute-tunnel/emulator";
import { type Spread, spread } from "./rate.ts";

export interface UploadResult {
  readonly name: string;
  readonly rowsPerSecond: Spread;
  readonly megabytesPerSecond: Spread;
  /** The most memory that an uploading process held, in bytes. */
  readonly peakBytes: Spread;
}

const ddl = `CREATE TABLE sample (id BIGINT, amount DOUBLE, user STRING, city STRING, note STRING, created DATETIME,
  active BOOLEAN, price DECIMAL(10,2), quantity INT, ratio FLOAT)`;

/**
 * Measures whole uploads, rows to commit, each in a process of its own against the emulator on the same machine,
 * which shares the machine's cores.
 */
export async function benchUpload(rows: number, rounds: number): Promise<readonly UploadResult[]> {
  const results: UploadResult[] = [];
  for (const compress of ["none", "deflate"]) {
    const runs: Run[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await uploadOnce(rows, compress));
    results.push({
      name: `tunnel.upload, compression ${compress}`,
      rowsPerSecond: spread(runs.map((run) => run.rows / run.seconds)),
      megabytesPerSecond: spread(runs.map((run) => run.sentBytes / 1e6 / run.seconds)),
      peakBytes: spread(runs.map((run) => run.peakBytes)),
    });
  }
  return results;
}

interface Run {
  readonly rows: number;
  readonly sentBytes: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

async function uploadOnce(rows: number, compress: string): Promise<Run> {
  await using emulator = await startEmulator({ tables: [ddl] });
  const worker = fileURLToPath(new URL("./upload-worker.js", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [worker, emulator.endpoint, emulator.project, "sample", String(rows), compress],
    {
      env: {
        ...process.env,
        ODPS_ACCESS_ID: emulator.accessKeyId,
        ODPS_ACCESS_KEY: emulator.accessKeySecret,
      },
    },
  );
  return JSON.parse(stdout) as Run;
}
