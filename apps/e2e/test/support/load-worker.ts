import { readFileSync } from "node:fs";
import { createMemoryBudget } from "@maxcompute-tunnel/writer";
import { createTunnel } from "maxcompute-tunnel";

/**
 * Many buffered writers on one budget: each writes so many rows of about a kilobyte, or, when the server takes nothing,
 * until it has to wait. Says in one line of JSON what that took.
 */
const [writerCount, rowsEach, budgetBytes, how] = process.argv.slice(2);
const { ENDPOINT = "" } = process.env;
const filler = "x".repeat(1000);

const tunnel = createTunnel({
  endpoint: ENDPOINT,
  tunnelEndpoint: ENDPOINT,
  project: "proj",
  credentials: { accessKeyId: "load", accessKeySecret: "secret-of-load" },
});
const session = await tunnel.createUploadSession("t");
const budget = createMemoryBudget(Number(budgetBytes));
const baseBytes = peakBytes();
let written = 0;
/** True once nothing has moved for a second: nobody will let it go on. */
const stuck = how === "dead" ? standstill() : undefined;
let mostUsed = 0;
const writers = Array.from({ length: Number(writerCount) }, () => session.openBufferedWriter({ budget }));
await Promise.all(
  writers.map(async (writer) => {
    for (let row = 0; row < Number(rowsEach); row++) {
      const wait = writer.write({ id: BigInt(row), filler });
      written++;
      mostUsed = Math.max(mostUsed, budget.usedBytes);
      if (wait === undefined) continue;
      if (how === "dead" && (await Promise.race([wait.then(() => false), stuck]))) return;
      await wait;
    }
    if (how !== "dead") await writer.close();
  }),
);
await Promise.all(writers.map((writer) => writer.abort()));
const outcome = { written, mostUsed, baseBytes, peakBytes: peakBytes() };
process.stdout.write(JSON.stringify(outcome), () => process.exit(0));

async function standstill(): Promise<boolean> {
  for (let before = -1; before !== written || written === 0; ) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return true;
}

function peakBytes(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}
