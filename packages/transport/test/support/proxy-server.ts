import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface ProxyServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** `CONNECT host:port` or `METHOD url`, with the proxy credentials that came. */
  readonly seen: { readonly line: string; readonly authorization: string | undefined }[];
}

/** A real forward proxy: CONNECT tunnels, and whole requests for plain HTTP. */
export async function startProxy(refuseWith?: number): Promise<ProxyServer> {
  const seen: ProxyServer["seen"] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => {
    seen.push({
      line: `${incoming.method} ${incoming.url}`,
      authorization: incoming.headers["proxy-authorization"],
    });
    if (refuseWith !== undefined) {
      incoming.resume();
      response.writeHead(refuseWith).end();
      return;
    }
    const { hostname, port, pathname, search } = new URL(incoming.url ?? "");
    const { method } = incoming;
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const onward = httpRequest({ hostname, port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  });
  server.on("connect", (incoming, client: Socket, head: Buffer) => {
    seen.push({ line: `CONNECT ${incoming.url}`, authorization: incoming.headers["proxy-authorization"] });
    if (refuseWith !== undefined) {
      client.end(`HTTP/1.1 ${refuseWith} Refused\r\n\r\n`);
      return;
    }
    const [host = "", port] = (incoming.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.write(head);
      target.pipe(client).pipe(target);
    });
    target.on("error", () => client.destroy());
    client.on("error", () => target.destroy());
    sockets.add(target);
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
