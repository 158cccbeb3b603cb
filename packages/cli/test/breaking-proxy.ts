import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a proxy does with one request. */
export type Treatment =
  /** Forwards it and its answer. */
  | "pass"
  /** Forwards it, and breaks the connection instead of answering. */
  | "lose-answer"
  /** Breaks the connection at once. */
  | "break"
  /** Forwards it once `release` is called. */
  | "hold";

/** A proxy before an emulator that can break connections at chosen points. */
export interface BreakingProxy extends AsyncDisposable {
  readonly endpoint: string;
  /** Lets every held request go on. */
  readonly release: () => void;
}

/** Starts a proxy; `treat` decides on every request. */
export async function startBreakingProxy(
  upstream: string,
  treat: (request: { readonly method: string; readonly url: string }) => Treatment,
): Promise<BreakingProxy> {
  const held: (() => void)[] = [];
  const server = createServer((incoming, outgoing) => {
    const treatment = treat({ method: incoming.method ?? "", url: incoming.url ?? "" });
    if (treatment === "break") incoming.socket.destroy();
    else if (treatment === "hold") held.push(() => forward(upstream, incoming, outgoing, false));
    else forward(upstream, incoming, outgoing, treatment === "lose-answer");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release: () => {
      for (const go of held.splice(0)) go();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(
  upstream: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  loseAnswer: boolean,
): void {
  const { method, url, headers } = incoming;
  const onward = request(
    `${upstream}${url}`,
    { ...(method === undefined ? {} : { method }), headers },
    (answer) => {
      if (loseAnswer) {
        answer.resume().on("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on("error", () => incoming.socket.destroy());
  incoming.pipe(onward);
}
