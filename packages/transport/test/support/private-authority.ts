import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { type Loopback, listenOnLoopback } from "@maxcompute-tunnel/testkit";

const read = (name: string) => readFileSync(new URL(`./certificates/${name}`, import.meta.url), "utf8");

/** The certificate of an authority that nobody trusts by default. */
export const privateAuthority: string = read("ca.pem");

/** A real HTTPS server for `localhost`, certified by the private authority, that answers every request with its method and the length of its body. */
export async function startTlsServer(): Promise<Loopback> {
  const identity = { key: read("server.key"), cert: read("server.pem") };
  const server = createServer(identity, (request, response) => {
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on("end", () => response.end(`${request.method} ${bytes}`));
  });
  const loopback = await listenOnLoopback(server);
  return { ...loopback, endpoint: `https://localhost:${loopback.port}` };
}
