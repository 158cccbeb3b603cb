import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { typeStripping } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";
import { quickTransport, request } from "./support/powers.ts";

const megabyte = 1024 * 1024;

/** The most memory that this process held while something ran, above what it held before, in bytes. */
async function growthWhile(run: () => Promise<void>): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  await run();
  clearInterval(timer);
  return Math.max(most, process.memoryUsage.rss()) - before;
}

async function startSink() {
  const script = fileURLToPath(new URL("./support/sink-server.ts", import.meta.url));
  const child = spawn(process.execPath, [...typeStripping, script], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    endpoint: line.toString().trim(),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

it("sends 300 MB of chunks and 300 MB of a stream while its memory stays flat", async () => {
  await using sink = await startSink();
  const transport = quickTransport();
  const piece = new Uint8Array(megabyte).fill(7);
  const put = request(sink.endpoint, { method: "PUT", kind: "data" });
  await transport({ ...put, body: { kind: "chunks", chunks: [piece] } });
  async function* stream() {
    for (let sent = 0; sent < 300; sent++) yield piece.slice();
  }
  const growth = await growthWhile(async () => {
    // The same megabyte three hundred times: what grows is what the transport holds, not what the caller holds.
    const chunks = await transport({ ...put, body: { kind: "chunks", chunks: Array(300).fill(piece) } });
    expect(await chunks.text()).toBe(String(300 * megabyte));
    const streamed = await transport({ ...put, body: { kind: "stream", stream: stream() } });
    expect(await streamed.text()).toBe(String(300 * megabyte));
  });
  expect(growth).toBeLessThan(150 * megabyte);
}, 120_000);
