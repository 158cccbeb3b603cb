import type { RequestBody, TunnelResponse } from "@maxcompute-tunnel/transport";
import { SessionError } from "../errors.ts";
import { sendToTable, type TableTarget } from "../table-request.ts";
import type { BlockBody, BlockMetrics, PutBlockOptions, StoredBlock } from "./block-session.ts";

/** Sends one block of a session. Protocol: `PUT {table}?uploadid&blockid[&arrow]`. */
export async function putBlock(
  target: TableTarget,
  blockId: number,
  body: BlockBody,
  options: PutBlockOptions,
): Promise<StoredBlock> {
  const sent = countedBody(blockId, body);
  const response = await sendToTable(target, {
    operation: `put block ${blockId}`,
    method: "PUT",
    kind: "data",
    query: {
      uploadid: target.sessionId,
      blockid: String(blockId),
      arrow: options.format === "arrow" ? "" : undefined,
    },
    headers: { "Content-Type": "application/octet-stream", ...encodingHeader(options.contentEncoding) },
    body: sent.body,
    signal: options.signal,
    onRetry: options.onRetry,
    blockId,
  });
  await drop(response);
  const { recordCount: given } = options;
  const recordCount = typeof given === "function" ? given() : given;
  const metrics = parseBlockMetrics(response.headers.get("odps-tunnel-metrics"));
  return {
    blockId,
    byteLength: sent.byteLength(),
    attempts: response.attempts,
    ...(recordCount !== undefined && { recordCount }),
    ...(response.requestId !== undefined && { requestId: response.requestId }),
    ...(metrics && { metrics }),
  };
}

/** Reads the server's cost report; one that cannot be read is nothing to fail an upload for. */
export function parseBlockMetrics(header: string | null): BlockMetrics | undefined {
  if (header === null) return undefined;
  let report: unknown;
  try {
    report = JSON.parse(header);
  } catch {
    return undefined;
  }
  if (typeof report !== "object" || report === null) return undefined;
  const found: Record<string, number> = {};
  for (const [member, name] of metricNames) {
    const value = (report as Readonly<Record<string, unknown>>)[member];
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) found[name] = value;
  }
  return found;
}

const metricNames: readonly (readonly [string, keyof BlockMetrics])[] = [
  ["PanguIOCost", "storageMicros"],
  ["ServerIOCost", "ioMicros"],
  ["ServerTotalCost", "totalMicros"],
  ["RateLimitCost", "rateLimitMicros"],
];

interface CountedBody {
  readonly body: RequestBody;
  byteLength(): number;
}

function countedBody(blockId: number, body: BlockBody): CountedBody {
  if (Symbol.asyncIterator in body) {
    let length = 0;
    const count = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of body) {
        length += chunk.byteLength;
        yield chunk;
      }
    };
    return { body: { kind: "stream", stream: count() }, byteLength: () => length };
  }
  if (!Array.isArray(body)) {
    throw new SessionError(
      "invalid-argument",
      `Expected block ${blockId} as a list of chunks or as a stream`,
      { blockId },
    );
  }
  const chunks: readonly Uint8Array[] = body;
  const length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (length === 0) {
    // Some servers acknowledge an empty body and lose the block; even one without rows has a footer.
    throw new SessionError("invalid-argument", `Expected the bytes of block ${blockId}, got none`, {
      blockId,
    });
  }
  return { body: { kind: "chunks", chunks }, byteLength: () => length };
}

function encodingHeader(contentEncoding: string | undefined): Readonly<Record<string, string>> {
  if (contentEncoding === undefined || contentEncoding === "identity") return {};
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(contentEncoding)) return { "Content-Encoding": contentEncoding };
  throw new SessionError(
    "invalid-argument",
    `Expected the name of a content encoding, got ${JSON.stringify(contentEncoding)}`,
  );
}

/** Lets the connection go; the block is stored, whatever else the answer says or however it breaks off. */
async function drop(response: TunnelResponse): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
