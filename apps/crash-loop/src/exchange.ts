import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";

/** Where an emulator is, and the key that it takes. */
export interface Server {
  readonly endpoint: string;
  readonly project: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
  json(): Record<string, unknown>;
}

/** A request under way whose body is sent as the caller says, so that the server can die at any byte of it. */
export interface Exchange {
  /** Hands bytes to the system. */
  send(bytes: Uint8Array): Promise<void>;
  /** Resolves with the whole answer, or with `undefined` when the connection went without one. */
  readonly answer: Promise<Answer | undefined>;
  /** What `answer` resolved with; `undefined` while it has not. */
  readonly answered: Answer | undefined;
}

const sign = createSigner();
const answerWithinMs = 30_000;

/** Begins a signed tunnel request; a body of `length` bytes is to follow. */
export async function begin(
  server: Server,
  method: "GET" | "POST" | "PUT",
  target: string,
  length = 0,
): Promise<Exchange> {
  const url = server.endpoint + target;
  const headers = { "x-odps-tunnel-version": "6", "content-length": String(length) };
  const { accessKeyId, accessKeySecret } = server;
  const signed = await sign(
    signableRequest({ method, url, headers }),
    { kind: "access-key", accessKeyId, accessKeySecret },
    new Date(),
  );
  const outgoing = request(url, { method, headers: { ...headers, ...signed }, agent: false });
  let answered: Answer | undefined;
  const answer = receive(outgoing).then((whole) => {
    answered = whole;
    return whole;
  });
  if (length === 0) {
    await new Promise<void>((resolve) => outgoing.end(resolve));
  } else {
    outgoing.flushHeaders();
  }
  let left = length;
  return {
    answer,
    get answered() {
      return answered;
    },
    send(bytes) {
      left -= bytes.length;
      return new Promise((resolve) => {
        // A connection that is gone calls back as well; that the answer is missing says so.
        outgoing.write(bytes, () => (left === 0 ? outgoing.end(() => resolve()) : resolve()));
      });
    },
  };
}

/** Sends a request whole and waits for its answer. */
export async function ask(
  server: Server,
  method: "GET" | "POST" | "PUT",
  target: string,
  body: Uint8Array = new Uint8Array(0),
): Promise<Answer> {
  const exchange = await begin(server, method, target, body.length);
  if (body.length > 0) {
    await exchange.send(body);
  }
  const answer = await exchange.answer;
  if (answer === undefined) {
    throw new Error(`${method} ${target}: the connection ended without an answer`);
  }
  return answer;
}

function receive(outgoing: ClientRequest): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`No answer within ${answerWithinMs} ms`));
      outgoing.destroy();
    }, answerWithinMs);
    const settle = (answer: Answer | undefined): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const gone = (): void => settle(undefined);
    outgoing.on("error", gone);
    outgoing.on("close", gone);
    outgoing.on("response", (response: IncomingMessage) => {
      // A request may be closed before the last of its answer is read.
      outgoing.off("close", gone);
      response.on("close", gone);
      const pieces: Uint8Array[] = [];
      response.on("data", (piece: Uint8Array) => pieces.push(piece));
      response.on("error", gone);
      response.on("end", () => {
        const bytes = Buffer.concat(pieces);
        settle({
          status: response.statusCode ?? 0,
          bytes,
          json: () => JSON.parse(bytes.toString()) as Record<string, unknown>,
        });
      });
    });
  });
}
