/** What a route answers. Header names are written as they stand here: the Java client wants them in lower case. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent with its length, a stream in chunks. @default nothing */
  readonly body?: string | AsyncIterable<Uint8Array>;
}

/** Answers with a JSON document. */
export function jsonReply(text: string): Reply {
  return { status: 200, headers: { "content-type": "application/json" }, body: text };
}

/** Answers with an XML document. */
export function xmlReply(text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body: text };
}

/** Answers with plain text. */
export function textReply(text: string, contentType = "text/plain; charset=utf-8"): Reply {
  return { status: 200, headers: { "content-type": contentType }, body: text };
}
