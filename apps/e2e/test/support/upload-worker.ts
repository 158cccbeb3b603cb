import { readFileSync } from "node:fs";
import { createTunnel } from "maxcompute-tunnel";

/** Uploads rows of about a kilobyte and answers with what it took, as one line of JSON. */
const [how, count, budget] = process.argv.slice(2);
const { ENDPOINT = "", PROJECT = "", KEY_ID = "", KEY_SECRET = "" } = process.env;
const rows = Number(count);
const filler = "x".repeat(1000);

await using tunnel = createTunnel({
  endpoint: ENDPOINT,
  project: PROJECT,
  credentials: { accessKeyId: KEY_ID, accessKeySecret: KEY_SECRET },
});
const session = await tunnel.createUploadSession("t");
const baseBytes = peakBytes();
const writer =
  how === "streamed"
    ? await session.openRecordWriter(0)
    : session.openBufferedWriter({ budget: Number(budget) });
for (let index = 0; index < rows; index++) {
  const wait = writer.write({ id: BigInt(index), filler: `${index} ${filler}` });
  if (wait !== undefined) await wait;
}
await writer.close();
const blocks = await session.blocks.listBlocks();
const receipt = await session.commit(blocks.map(({ blockId }) => blockId));
process.stdout.write(
  JSON.stringify({
    rows: receipt.recordCount,
    bytes: rows * (filler.length + 8),
    baseBytes,
    peakBytes: peakBytes(),
  }),
);

function peakBytes(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}
