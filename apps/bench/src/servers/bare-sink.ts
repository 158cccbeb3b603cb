import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openInProcessEmulator } from "@maxcompute-tunnel/emulator/in-process";
import { ddlOf, tables } from "../data/tables.ts";
import { emptyBlock } from "./empty-block.ts";
import { PackTail } from "./pack-tail.ts";

/**
 * The least that a Tunnel service can do with a block: its bytes are dropped as they come. Everything else, sessions,
 * schemas, commits, is the emulator's, which is told of an empty block in place of each that was dropped; clients that
 * ask are told how many records each block said to have. A number as argument is how many milliseconds each block's answer
 * takes longer, as over a long way.
 */
const origin = "http://sink.invalid";
const delayMs = Number(process.argv[2] ?? 0);
const emulator = await openInProcessEmulator({ tables: tables.map(ddlOf) });

const server = createServer({ highWaterMark: 1024 * 1024, requestTimeout: 0 }, (request, response) => {
  serve(request, response).catch((error: unknown) => {
    process.stderr.write(`The sink failed: ${error instanceof Error ? error.stack : error}\n`);
    response.destroy();
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
  void emulator.close();
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const headers = { ...request.headersDistinct };
  const isBlock = method === "PUT" && url.includes("blockid=");
  let body: Uint8Array | undefined;
  if (isBlock) {
    const { recordCount } = await drop(request);
    const isPlain = request.headers["content-encoding"] === undefined;
    if (isPlain && recordCount !== undefined) recordCounts.set(blockOf(url), recordCount);
    if (delayMs > 0) await sleep(delayMs);
    for (const name of ["content-length", "transfer-encoding", "content-encoding"]) delete headers[name];
    body = emptyBlock(url);
  } else {
    body = await whole(request);
  }
  const answer = await emulator.send({
    method,
    url,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [name, values?.join(", ") ?? ""]),
    ),
    ...(body.length === 0 ? {} : { body: [body] }),
  });
  if (isBlock && answer.status !== 200)
    process.stderr.write(`The sink's emulator answered ${answer.status}\n`);
  const { "content-length": _, ...answerHeaders } = answer.headers;
  response.writeHead(answer.status, answerHeaders);
  const answered = await whole(answer.body);
  response.end(isBlock || answer.status !== 200 ? answered : withRecordCounts(url, answered));
}

/** Records by session and block. */
const recordCounts = new Map<string, number>();

function blockOf(url: string): string {
  const { searchParams } = new URL(url, origin);
  return `${searchParams.get("uploadid")} ${searchParams.get("blockid")}`;
}

function withRecordCounts(url: string, answered: Uint8Array): Uint8Array {
  const id = new URL(url, origin).searchParams.get("uploadid");
  if (id === null) return answered;
  const document = JSON.parse(Buffer.from(answered).toString()) as StatusDocument;
  for (const block of document.UploadedBlockList ?? []) {
    const recordCount = recordCounts.get(`${id} ${block.BlockID}`);
    if (recordCount === undefined) delete block.RecordCount;
    else block.RecordCount = recordCount;
  }
  return Buffer.from(JSON.stringify(document));
}

/** The part of a session's status that is changed. */
interface StatusDocument {
  readonly UploadedBlockList?: { readonly BlockID: number; RecordCount?: number }[];
}

function drop(request: IncomingMessage): Promise<PackTail> {
  const tail = new PackTail();
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Uint8Array) => tail.push(chunk));
    request.on("end", () => resolve(tail));
    request.on("error", reject);
  });
}

async function whole(request: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
