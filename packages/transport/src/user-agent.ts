import { version } from "./version.ts";

/**
 * The two headers by which the service knows a client, with the same value.
 *
 * Protocol: MaxCompute Tunnel, request headers: `x-odps-user-agent` is signed, `User-Agent` is not. Where the platform
 * keeps `User-Agent` to itself (some browsers), the second one is what remains.
 */
export function userAgentHeaders(suffix: string | undefined): Readonly<Record<string, string>> {
  const value = `maxcompute-tunnel/${version}${suffix === undefined || suffix === "" ? "" : ` ${suffix}`}`;
  return { "user-agent": value, "x-odps-user-agent": value };
}
