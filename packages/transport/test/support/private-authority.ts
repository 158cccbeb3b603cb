import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

const read = (name: string) => readFileSync(new URL(`./certificates/${name}`, import.meta.url), "utf8");

/** The certificate of an authority that nobody trusts by default. */
export const privateAuthority: string = read("ca.pem");

export interface TlsServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly port: number;
}

/** A real HTTPS server for `localhost`, certified by the private authority, that answers every request with its method and the length of its body. */
export async function startTlsServer(): Promise<TlsServer> {
  const identity = { key: read("server.key"), cert: read("server.pem") };
  const server = createServer(identity, (request, response) => {
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on("end", () => response.end(`${request.method} ${bytes}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `https://localhost:${port}`,
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
