import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type Loopback, listenOnLoopback } from "./loopback.ts";

/** What a proxy does with one request. */
export type Treatment =
  /** Forwards it and its answer. */
  | "pass"
  /** Forwards it, and resets the connection when the answer is there: the service has done what it was asked. */
  | "lose-answer"
  /** Breaks the connection at once. */
  | "break"
  /** Forwards it once `release` is called. */
  | "hold";

/** A proxy before a service that can break connections at chosen points. */
export interface BreakingProxy extends Loopback {
  /** Lets every held request go on. */
  release(): void;
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
    else if (treatment === "hold") held.push(() => forward(upstream, incoming, outgoing, "pass"));
    else forward(upstream, incoming, outgoing, treatment);
  });
  return {
    ...(await listenOnLoopback(server)),
    release: () => {
      for (const go of held.splice(0)) go();
    },
  };
}

function forward(
  upstream: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  treatment: "pass" | "lose-answer",
): void {
  const { method = "GET", url = "/", headers } = incoming;
  const onward = request(`${upstream}${url}`, { method, headers, agent: false }, (answer) => {
    if (treatment === "lose-answer") {
      answer.resume().on("end", () => incoming.socket.resetAndDestroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => incoming.socket.resetAndDestroy());
  incoming.pipe(onward);
}
