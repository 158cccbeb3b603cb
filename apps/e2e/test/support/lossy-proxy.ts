import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LossyProxy extends AsyncDisposable {
  readonly endpoint: string;
  /** How many answers were lost. */
  readonly lost: number;
}

/**
 * Forwards everything to a service, but the first `times` answers to matching requests never arrive: the service has
 * done what it was asked, and the connection is reset.
 */
export async function startLossyProxy(
  target: string,
  loses: (method: string, url: string) => boolean,
  times: number,
): Promise<LossyProxy> {
  let lost = 0;
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method = "GET", url = "/", headers } = incoming;
    const upstream = request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
      if (lost < times && loses(method, url)) {
        lost++;
        answer.resume().on("end", () => outgoing.socket?.resetAndDestroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on("error", () => outgoing.socket?.resetAndDestroy());
    incoming.pipe(upstream);
  };
  const server = createServer(forward);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get lost() {
      return lost;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
