import type { TunnelResponse } from "@maxcompute-tunnel/transport";
import { SessionError } from "../errors.ts";
import type { Decompressor } from "./download-session.ts";

/**
 * The compressions to ask for: those the caller names, or those it brought decoders for.
 *
 * @throws SessionError `unsupported-encoding` for one that nobody could take off again.
 */
export function wantedEncodings(
  accept: readonly string[] | undefined,
  decompressors: Readonly<Record<string, Decompressor>> = {},
): readonly string[] {
  const wanted = accept ?? Object.keys(decompressors);
  for (const name of wanted) {
    if (fetchDecodes.has(name) || Object.hasOwn(decompressors, name) || name === "identity") continue;
    throw new SessionError(
      "unsupported-encoding",
      `Expected "deflate" or a compression with a decompressor, got ${JSON.stringify(name)}`,
    );
  }
  return wanted;
}

/**
 * The body without its compression. `fetch` takes the web's own codings off before anyone sees the bytes and leaves
 * the header standing, so those are passed on as they are; the others go through the caller's decoders. zstd is in
 * between: newer versions of `fetch` take it off, older ones do not, and its fixed first bytes say which this is.
 *
 * @throws SessionError `unsupported-encoding` when the server chose something that cannot be taken off.
 */
export async function plainBody(
  response: TunnelResponse,
  decompressors: Readonly<Record<string, Decompressor>>,
): Promise<ReadableStream<Uint8Array>> {
  const encoding = response.headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  let body = response.body ?? emptyStream();
  if (encoding === "" || encoding === "identity" || fetchDecodes.has(encoding)) return body;
  if (encoding === "zstd") {
    const peeked = await peek(body, zstdMagic.length);
    body = peeked.body;
    if (!zstdMagic.every((byte, i) => peeked.first[i] === byte)) return body;
  }
  const decompress = Object.hasOwn(decompressors, encoding) ? decompressors[encoding] : undefined;
  if (decompress !== undefined) return decompress(body);
  body.cancel().catch(() => undefined);
  throw unsupported(encoding);
}

const fetchDecodes: ReadonlySet<string> = /*@__PURE__*/ new Set(["deflate", "gzip", "br"]);

/** The first bytes of every zstd frame. */
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd] as const;

/** Reads the first bytes of a stream and gives them back with a stream that still begins with them. */
async function peek(
  body: ReadableStream<Uint8Array>,
  length: number,
): Promise<{ readonly first: readonly number[]; readonly body: ReadableStream<Uint8Array> }> {
  const reader = body.getReader();
  const seen: Uint8Array[] = [];
  const first: number[] = [];
  while (first.length < length) {
    const { done, value } = await reader.read();
    if (done) break;
    seen.push(value);
    first.push(...value.subarray(0, length - first.length));
  }
  const whole = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = seen.shift() ?? (await reader.read()).value;
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { first, body: whole };
}

function unsupported(encoding: string): SessionError {
  return new SessionError(
    "unsupported-encoding",
    `The server answered with the compression ${JSON.stringify(encoding.slice(0, 64))}, which there is no decompressor for`,
  );
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
