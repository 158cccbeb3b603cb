/** A drawn number and the state to draw the next one from. */
export interface Draw {
  /** From 0 to below 1. */
  readonly value: number;
  readonly state: number;
}

/**
 * Draws from a small generator (Mulberry32) whose whole state is one 32-bit number: the same seed always gives the
 * same row of numbers, on every machine.
 */
export function draw(state: number): Draw {
  const next = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, state: next };
}

/** Bytes that mean nothing, the same ones for the same seed. */
export function drawBytes(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index += 1) {
    const drawn = draw(state);
    state = drawn.state;
    bytes[index] = Math.floor(drawn.value * 256);
  }
  return bytes;
}
