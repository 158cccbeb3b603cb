import type { TunnelConnection } from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";

/** The service in the environment, under the names that every client of this benchmark reads. */
export function connect(): TunnelConnection & { readonly project: string } {
  const variable = (name: string): string => process.env[`ODPS_${name}`] ?? "";
  const transport = createTransport({
    credentials: {
      kind: "access-key",
      accessKeyId: variable("ACCESS_ID"),
      accessKeySecret: variable("ACCESS_KEY"),
    },
  });
  return { transport, endpoint: variable("ENDPOINT"), project: variable("PROJECT") };
}
