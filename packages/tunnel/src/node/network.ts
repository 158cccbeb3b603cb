import type { Timeouts } from "@maxcompute-tunnel/transport";
import { createAgent } from "@maxcompute-tunnel/transport/node";
import type { Network } from "../network.ts";

/** On Node: a pool of connections of this tunnel's own, which knows proxies and patience. */
export function openNetwork(timeouts: Partial<Timeouts> = {}): Network {
  const { firstByteMs, idleMs } = timeouts;
  return createAgent({
    ...(firstByteMs === undefined ? {} : { firstByteMs }),
    ...(idleMs === undefined ? {} : { idleMs }),
  });
}
