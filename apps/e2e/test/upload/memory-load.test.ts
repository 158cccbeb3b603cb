import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Loopback, listenOnLoopback } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";

const megabyte = 1e6;
/**
 * Young objects are not what is measured: V8 lets them grow to 48 MB before it looks at them. With less than this they
 * are taken for old, and old ones are looked at even later.
 */
const heapFlags = ["--max-semi-space-size=8"];
const writers = 64;
const budget = 64 * megabyte;
/** What each writer may hold beyond that: a chunk, or a row if that is larger. */
const chunkBytes = 64 * 1024;

interface Outcome {
  readonly written: number;
  readonly mostUsed: number;
  readonly baseBytes: number;
  readonly peakBytes: number;
}

/**
 * The formula of buffered writers; the rest is what the process needs: 21 to 53 MB were seen, of which 20 are the rows
 * that 64 writers are about to encode.
 */
const promised = budget + writers * chunkBytes + 60 * megabyte;

describe("64 writers on one budget", () => {
  it("keep to it when the server reads slowly", async () => {
    await using server = await startServer(slowly);
    const { written, mostUsed, baseBytes, peakBytes } = await load(server, 1500, "slow");
    expect(written).toBe(writers * 1500);
    expect(mostUsed).toBeLessThanOrEqual(budget + writers * chunkBytes);
    expect(peakBytes - baseBytes).toBeLessThan(promised);
  }, 240_000);

  it("keep to it when the server takes nothing and says nothing", async () => {
    await using server = await startServer(() => {});
    const { written, mostUsed, baseBytes, peakBytes } = await load(server, 1_000_000, "dead");
    // Every writer came to where it has to wait, and nothing was taken beyond that.
    expect(written).toBeLessThan((budget + writers * chunkBytes) / 1000);
    expect(mostUsed).toBeGreaterThan(budget / 2);
    expect(mostUsed).toBeLessThanOrEqual(budget + writers * chunkBytes);
    expect(peakBytes - baseBytes).toBeLessThan(promised);
  }, 240_000);
});

async function load(server: Loopback, rowsEach: number, how: string): Promise<Outcome> {
  const worker = fileURLToPath(new URL("../support/load-worker.ts", import.meta.url));
  const args = [worker, writers, rowsEach, budget, how].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, [...heapFlags, ...args], {
    env: { ...process.env, ENDPOINT: server.endpoint },
  });
  return JSON.parse(stdout) as Outcome;
}

/** Reads a piece, and rests before the next. */
function slowly(request: IncomingMessage, response: ServerResponse): void {
  request.on("data", () => {
    request.pause();
    setTimeout(() => request.resume(), 2);
  });
  request.on("end", () => response.writeHead(200).end());
}

async function startServer(
  takeBlock: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Loopback> {
  const answer = JSON.stringify({
    UploadID: "u1",
    Status: "NORMAL",
    Schema: {
      columns: [
        { name: "id", type: "bigint" },
        { name: "filler", type: "string" },
      ],
      partitionKeys: [],
    },
    UploadedBlockList: [],
  });
  const server = createServer((request, response) => {
    if (request.method === "PUT") {
      takeBlock(request, response);
      return;
    }
    request.resume();
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
  return await listenOnLoopback(server);
}
