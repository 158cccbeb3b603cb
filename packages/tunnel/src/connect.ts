import { discoverTunnelEndpoint } from "@maxcompute-tunnel/service";
import type { TunnelConnection } from "@maxcompute-tunnel/session";
import {
  type Credentials,
  type CredentialsProvider,
  createTransport,
  type Transport,
  type TransportOptions,
} from "@maxcompute-tunnel/transport";
import { openNetwork } from "#network";
import type { TunnelConfiguration } from "./configuration.ts";
import { TableTunnelError } from "./errors.ts";

/** What a configuration becomes. */
export interface OpenConnection {
  readonly transport: Transport;
  readonly tunnel: TunnelConnection;
  close(): Promise<void>;
}

/**
 * Puts transport and connection together. Nothing is sent; the Tunnel endpoint is asked for by the first request.
 *
 * @throws TableTunnelError `invalid-configuration`
 */
export function connect(configuration: TunnelConfiguration): OpenConnection {
  check(configuration);
  const { clock, fetch, dispatcher, timeouts, project, schema, quotaName, tags } = configuration;
  const brought = fetch !== undefined || dispatcher !== undefined;
  const network = brought ? { dispatcher, close: async () => {} } : openNetwork(timeouts);
  const transport = createTransport({
    credentials: credentialsOf(configuration.credentials),
    ...given({
      region: configuration.region,
      application: configuration.application,
      userAgentSuffix: configuration.userAgentSuffix,
      logger: configuration.logger,
      tracer: configuration.tracer,
      retry: configuration.retry,
      pace: configuration.pace,
      timeouts,
      fetch,
      dispatcher: network.dispatcher,
      clock: clock && (() => clock.now()),
      sleep: clock && ((ms, signal) => clock.sleep(ms, signal)),
      random: clock && (() => clock.random()),
    } satisfies Optional<TransportOptions>),
  });
  const endpoint = configuration.tunnelEndpoint ?? (() => discover(transport, configuration));
  return {
    transport,
    tunnel: { transport, endpoint, defaultProject: project, ...given({ quotaName, tags, clock }) },
    close: () => network.close(),
  };

  function discover(transport: Transport, { endpoint = "" }: TunnelConfiguration): Promise<string> {
    return discoverTunnelEndpoint(
      { transport, endpoint, project, ...given({ schema, clock }) },
      { ...given({ quotaName }) },
    );
  }
}

function check({ endpoint, tunnelEndpoint, project, credentials }: TunnelConfiguration): void {
  const missing = (what: string): never => {
    throw new TableTunnelError(`The configuration lacks ${what}`, { code: "invalid-configuration" });
  };
  if (!project) missing("project, the name of the MaxCompute project");
  if (!credentials) missing("credentials");
  if (!endpoint && !tunnelEndpoint) missing("endpoint (the service's) or tunnelEndpoint");
  for (const [name, url] of Object.entries({ endpoint, tunnelEndpoint })) {
    if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) continue;
    throw new TableTunnelError(`Expected ${name} to be an http(s) address, got ${JSON.stringify(url)}`, {
      code: "invalid-configuration",
    });
  }
}

/** A bare key pair means an access key. */
function credentialsOf(credentials: TunnelConfiguration["credentials"]): Credentials | CredentialsProvider {
  if (typeof credentials === "function" || "kind" in credentials) return credentials;
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  return { kind: "access-key", accessKeyId, accessKeySecret, ...given({ securityToken }) };
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Only the members that have a value. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
