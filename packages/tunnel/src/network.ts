import type { Timeouts } from "@maxcompute-tunnel/transport";

/** The connections of one tunnel. */
export interface Network {
  /** For the transport's `dispatcher` option, where the platform has such a thing. */
  readonly dispatcher?: unknown;
  /** Waits for the requests under way and closes the connections. */
  close(): Promise<void>;
}

/** The platform's own `fetch` looks after its connections. On Node the package's imports map names another file. */
export function openNetwork(_timeouts: Partial<Timeouts> = {}): Network {
  return { close: async () => {} };
}
