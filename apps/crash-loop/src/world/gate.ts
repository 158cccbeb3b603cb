import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { listenOnLoopback } from "@maxcompute-tunnel/testkit";

/** What a request through the gate asks for. */
export type Asked = "create session" | "look at session" | "put block" | "commit" | "other";

/**
 * How far a request has come: it has arrived and nothing of it was passed on; a part of its body was; all of it was;
 * its answer is at the gate; its answer was passed on.
 */
export type Step = "arrived" | "cut" | "sent" | "answer" | "answered";

/** One request on its way through the gate. */
export interface Passage {
  readonly asked: Asked;
  /** Counts the requests of its kind, from 0. */
  readonly index: number;
  /** Bytes of the body, where the request says; else 0. */
  readonly bodyBytes: number;
}

/** Who stands at the gate. */
export interface GateKeeper {
  /** How many more bytes of a body may pass before the keeper wants to be told; `Infinity` for all. */
  allowance?(passage: Passage, passedBytes: number): number;
  /** Told of each step, which waits for it; `false` breaks both connections. */
  step(passage: Passage, step: Step): boolean | Promise<boolean>;
}

/** An address that stays while the server behind it comes and goes, and that sees every request. */
export interface Gate extends AsyncDisposable {
  readonly endpoint: string;
  /** Where requests go on to; `undefined` while nobody is there, and connections are reset. */
  upstream: string | undefined;
  keeper: GateKeeper;
  /** How many requests of each kind have arrived since `reset`. */
  readonly counts: ReadonlyMap<Asked, number>;
  /** Begins to count anew. */
  reset(): void;
}

/** Lets everything pass. */
export const openGate: GateKeeper = { step: () => true };

/** Starts a gate. */
export async function startGate(): Promise<Gate> {
  const counts = new Map<Asked, number>();
  const server = createServer((incoming, outgoing) => {
    const { socket } = incoming;
    incoming.on("error", () => {});
    pass(gate, counts, incoming, outgoing).catch(() => socket.resetAndDestroy());
  });
  const loopback = await listenOnLoopback(server);
  const gate: Gate = {
    endpoint: loopback.endpoint,
    upstream: undefined,
    keeper: openGate,
    counts,
    reset: () => counts.clear(),
    [Symbol.asyncDispose]: () => loopback[Symbol.asyncDispose](),
  };
  return gate;
}

async function pass(
  gate: Gate,
  counts: Map<Asked, number>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = "GET", url = "/", headers, socket } = incoming;
  const asked = whatIsAsked(method, url);
  const index = counts.get(asked) ?? 0;
  counts.set(asked, index + 1);
  const passage: Passage = { asked, index, bodyBytes: Number(headers["content-length"] ?? 0) };
  const step = async (name: Step): Promise<void> => {
    if (!(await gate.keeper.step(passage, name))) throw new Error("the keeper breaks it");
  };

  await step("arrived");
  if (gate.upstream === undefined) throw new Error("nobody is there");
  const onward = request(gate.upstream + url, { method, headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    onward.on("response", resolve).on("error", reject);
    onward.on("close", () => reject(new Error("closed without an answer")));
  });
  answered.catch(() => {});
  onward.on("error", () => socket.resetAndDestroy());
  const abandon = (): void => void onward.destroy();
  socket.on("close", abandon);
  socket.setMaxListeners(0);
  try {
    let passed = 0;
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
      const allowed = gate.keeper.allowance?.(passage, passed) ?? Number.POSITIVE_INFINITY;
      const first = chunk.subarray(0, Math.min(chunk.length, allowed));
      await write(onward, first);
      passed += first.length;
      if (first.length === chunk.length) continue;
      await step("cut");
      await write(onward, chunk.subarray(first.length));
      passed += chunk.length - first.length;
    }
    await new Promise<void>((resolve) => onward.end(resolve));
    await step("sent");
    const answer = await answered;
    const body: Uint8Array[] = [];
    for await (const chunk of answer as AsyncIterable<Uint8Array>) body.push(chunk);
    await step("answer");
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    await new Promise<void>((resolve) => outgoing.end(Buffer.concat(body), resolve));
    await step("answered");
  } catch (error) {
    onward.destroy();
    throw error;
  } finally {
    socket.off("close", abandon);
  }
}

function write(onward: NodeJS.WritableStream, bytes: Uint8Array): Promise<void> {
  // A connection that is gone calls back as well; the answer that does not come says so.
  return new Promise((resolve) => onward.write(bytes, () => resolve()));
}

function whatIsAsked(method: string, url: string): Asked {
  const query = new URL(url, "http://gate").searchParams;
  if (method === "POST" && query.has("uploads")) return "create session";
  if (!query.has("uploadid")) return "other";
  if (method === "PUT") return "put block";
  return method === "POST" ? "commit" : "look at session";
}
