import { once } from "node:events";
import { Agent, type IncomingMessage, request as startRequest } from "node:http";
import { text } from "node:stream/consumers";
import type { RepeatedPack } from "../data/repeated-pack.ts";

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
  const stored = new Promise<void>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response: IncomingMessage) => {
      text(response).then((body) => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`Expected the pack to be stored, got ${response.statusCode} ${body}`));
      }, reject);
    });
  });
  // An answer may come before the whole pack is sent; the rest of it is not wanted then.
  stored.catch(() => request.destroy());
  for (const chunk of pack.chunks()) {
    if (!request.write(chunk)) await Promise.race([once(request, "drain"), stored]);
  }
  request.end();
  await stored;
}

/** Sends a request without a body and gives the answer. */
export async function post({ url, headers }: Target): Promise<unknown> {
  const response = await fetch(url, { method: "POST", headers });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`Expected 200 of ${url}, got ${response.status} ${body}`);
  return JSON.parse(body) as unknown;
}
