import type { Answer, SeenRequest } from "@maxcompute-tunnel/testkit";

/** What a proxy does with a request instead of passing it on, or with its answer. */
export type Interference = (request: SeenRequest) => Answer | "lose-answer" | "pass";

/** Passes requests on to another server, signature and all, unless the test interferes. */
export function proxyTo(endpoint: string, interfere: Interference): Answer {
  return async (request, response) => {
    const action = interfere(request);
    if (typeof action === "function") return action(request, response);
    const query = request.query.toString();
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (!["host", "connection", "transfer-encoding", "content-length"].includes(name))
        headers.set(name, String(value));
    }
    const answered = await fetch(`${endpoint}${request.path}${query && `?${query}`}`, {
      method: request.method,
      headers,
      ...(request.body.length > 0 && { body: new Uint8Array(request.body) }),
    });
    const body = Buffer.from(await answered.arrayBuffer());
    if (action === "lose-answer") {
      response.destroy();
      return;
    }
    const passed = [...answered.headers].filter(
      ([name]) => !["transfer-encoding", "content-encoding"].includes(name),
    );
    response.writeHead(answered.status, Object.fromEntries(passed));
    response.end(body);
  };
}

export const isCommit = (request: SeenRequest): boolean =>
  request.method === "POST" && request.query.has("uploadid");
export const isLook = (request: SeenRequest): boolean =>
  request.method === "GET" && request.query.has("uploadid");
