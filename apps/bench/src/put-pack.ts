import { once } from "node:events";
import { Agent, type IncomingMessage, request as startRequest } from "node:http";
import { text } from "node:stream/consumers";
import type { RepeatedPack } from "./repeated-pack.ts";

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a pack as the body of a PUT, and waits until it is stored. */
export async function putPack({ url, headers }: Target, pack: RepeatedPack): Promise<void> {
  const request = startRequest(url, {
    agent,
    method: "PUT",
    headers: { ...headers, "content-length": pack.byteLength },
  });
  const answered = once(request, "response") as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);
  const stopped = answered.then(async ([response]) => {
    throw new Error(
      `Expected the whole pack to be wanted, got ${response.statusCode} ${await text(response)}`,
    );
  });
  stopped.catch(() => undefined);
  for (const chunk of pack.chunks()) {
    if (!request.write(chunk)) await Promise.race([once(request, "drain"), stopped]);
  }
  request.end();
  const [response] = await answered;
  const body = await text(response);
  if (response.statusCode !== 200) {
    throw new Error(`Expected the pack to be stored, got ${response.statusCode} ${body}`);
  }
}

/** Sends a request without a body and gives the answer. */
export async function post({ url, headers }: Target): Promise<unknown> {
  const response = await fetch(url, { method: "POST", headers });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`Expected 200 of ${url}, got ${response.status} ${body}`);
  return JSON.parse(body) as unknown;
}
