import type { Call } from "../server/call.ts";

/**
 * The one address of this server that slots and buckets are said to live at, as `host:port`.
 *
 * It is the one that the client used, where that says a port: clients take it apart at its only colon, and the Java
 * client leaves the port out where it sends upserts.
 */
export function serverAddress({ host, request }: Pick<Call, "host" | "request">): string {
  if (/^[^:[\]]+:\d+$/.test(host)) {
    return host;
  }
  const name = /^[^:[\]]+$/.test(host) ? host : "127.0.0.1";
  return `${name}:${request.socket.localPort ?? 80}`;
}
