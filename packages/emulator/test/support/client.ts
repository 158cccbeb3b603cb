import { type Credentials, createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
import type { RunningEmulator } from "../../src/index.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

export interface Question {
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string | ReadableStream<Uint8Array>;
}

/** Sends one signed request; `target` is path and query as they go over the wire. */
export type Ask = (method: string, target: string, question?: Question) => Promise<Answer>;

/** A client of a few lines, so that tests see requests and answers as they are. */
export function clientOf(
  emulator: Pick<RunningEmulator, "endpoint" | "accessKeyId" | "accessKeySecret"> & {
    readonly fetch?: typeof fetch;
  },
  options: { readonly credentials?: Credentials; readonly region?: string; readonly date?: Date } = {},
): Ask {
  const { accessKeyId, accessKeySecret } = emulator;
  const credentials = options.credentials ?? { kind: "access-key", accessKeyId, accessKeySecret };
  const sign = createSigner(options.region === undefined ? {} : { region: options.region });
  return async (method, target, { headers: given = {}, body } = {}) => {
    const url = emulator.endpoint + target;
    const headers = { ...(typeof body === "string" ? { "content-type": "application/xml" } : {}), ...given };
    const signed = await sign(
      signableRequest({ method, url, headers, endpoint: target.startsWith("/api/") ? "/api" : "" }),
      credentials,
      options.date ?? new Date(),
    );
    const response = await (emulator.fetch ?? fetch)(url, {
      method,
      headers: { ...headers, ...signed },
      redirect: "manual",
      ...(body === undefined ? {} : { body: body as never, duplex: "half" }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text,
      json: () => JSON.parse(text) as Record<string, unknown>,
    };
  };
}

/** The tunnel path of a table in the emulator's project. */
export function tablePath(emulator: Pick<RunningEmulator, "project">, table: string): string {
  return `/projects/${emulator.project}/tables/${table}`;
}

/** Creates an upload session and returns its id; `more` is added to the query. */
export async function createUpload(ask: Ask, path: string, more = ""): Promise<string> {
  const answer = await ask("POST", `${path}?uploads${more}`, { headers: tunnelHeaders });
  if (answer.status !== 200) {
    throw new Error(`Expected an upload session, got ${answer.status} ${answer.text}`);
  }
  return String(answer.json()["UploadID"]);
}

export const tunnelHeaders: Record<string, string> = { "x-odps-tunnel-version": "6" };

/** Three records of (bigint, string): (1, "a"), (2, NULL), (NULL, "c"). Written by the official Python client. */
export const threeRecords: Uint8Array = Buffer.from(
  "080212016180c0ff7fea91d2b205080480c0ff7fa3b6a6c30812016380c0ff7ffb939bbe04f0ffff7f06f8ffff7fddebefdf08",
  "hex",
);
