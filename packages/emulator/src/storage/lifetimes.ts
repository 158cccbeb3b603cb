const hourMs = 3_600_000;

/** An upload or download session lives this long. protocol: MaxCompute Tunnel, lifetimes: 24 hours from creation. */
export const sessionLifetimeMs: number = 24 * hourMs;

/** How long a session that is closed or expired can still be asked about, from its creation. */
export const sessionMemoryMs: number = 48 * hourMs;

/** A data connection without a byte for this long is closed. protocol: MaxCompute Tunnel, lifetimes: 120 seconds. */
export const idleConnectionMs: number = 120_000;
