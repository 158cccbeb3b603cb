import { readFileSync } from "node:fs";
import { createTunnel } from "maxcompute-tunnel";
import { type SampleRow, sampleRow } from "./sample-rows.ts";

/** A process that uploads rows made on the way and answers with what it took, as one line of JSON. */
const [endpoint = "", project = "", table = "", count = "", compress = ""] = process.argv.slice(2);
const accessKeyId = process.env["ODPS_ACCESS_ID"] ?? "";
const accessKeySecret = process.env["ODPS_ACCESS_KEY"] ?? "";

await using tunnel = createTunnel({ endpoint, project, credentials: { accessKeyId, accessKeySecret } });
const started = performance.now();
const receipt = await tunnel.upload(table, rows(Number(count)), { compress: compress === "deflate" });
const seconds = (performance.now() - started) / 1000;
process.stdout.write(
  `${JSON.stringify({ rows: receipt.rows, sentBytes: receipt.sentBytes, seconds, peakBytes: peakBytes() })}\n`,
);

function* rows(count: number): Generator<SampleRow> {
  for (let index = 0; index < count; index++) yield sampleRow(index);
}

function peakBytes(): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
