import { checkName, type ServiceConnection } from "./connection.ts";
import { ServiceError } from "./errors.ts";
import { type CallOptions, sendToService } from "./request.ts";

/** Which Tunnel endpoint is asked for. */
export interface DiscoverTunnelOptions extends CallOptions {
  /** The Tunnel quota; quotas may have endpoints of their own. @default the project's own */
  readonly quotaName?: string;
}

/**
 * Asks the service which Tunnel endpoint the project uses. The answer has no scheme; it gets the service endpoint's.
 *
 * @throws ServiceError `invalid-response` when the answer is not `host` or `host:port`.
 */
export async function discoverTunnelEndpoint(
  connection: ServiceConnection,
  { quotaName, signal }: DiscoverTunnelOptions = {},
): Promise<string> {
  const operation = "discover tunnel endpoint";
  const response = await sendToService(connection, {
    operation,
    method: "GET",
    path: ["projects", checkName("project", connection.project), "tunnel"],
    query: { service: "", quotaName: quotaName || undefined },
    signal,
  });
  const answer = (await response.text()).trim();
  const scheme = /^(https?):\/\//iu.exec(connection.endpoint)?.[1]?.toLowerCase() ?? "https";
  const endpoint = `${scheme}://${answer}`;
  if (isHostAndPort(answer) && URL.canParse(endpoint)) return endpoint;
  const shown = JSON.stringify(answer.length > 80 ? `${answer.slice(0, 80)}…` : answer);
  throw new ServiceError("invalid-response", `${operation}: Expected host or host:port, got ${shown}`, {
    operation,
    requestId: response.requestId,
  });
}

/** Whether a text is a host name, IPv4 address or bracketed IPv6 address, and perhaps a port; nothing else. */
function isHostAndPort(text: string): boolean {
  const match = /^(?:[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?|\[[\da-f:.]{2,45}\])(?::(\d{1,5}))?$/iu.exec(text);
  if (match === null) return false;
  const [, port] = match;
  return port === undefined || (Number(port) > 0 && Number(port) < 65_536);
}
