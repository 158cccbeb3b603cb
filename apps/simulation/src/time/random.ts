/** Seeded random numbers. Streams that are split off by name do not depend on what others draw. */
export class Random {
  readonly #origin: number;
  #state: number;

  constructor(seed: number) {
    this.#origin = seed >>> 0;
    this.#state = this.#origin;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return mixed(this.#state) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Many small numbers and a few large ones, from `low` to `high`. */
  skewed(low: number, high: number): number {
    return Math.floor(low * ((high + 1) / low) ** this.next());
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index += 1) {
      bytes[index] = this.between(0, 255);
    }
    return bytes;
  }

  /** A stream of its own, the same for the same seed and name however much was drawn from this one. */
  fork(name: string): Random {
    let hash = 0x811c9dc5 ^ this.#origin;
    for (let index = 0; index < name.length; index += 1) {
      hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    }
    return new Random(mixed(hash >>> 0));
  }
}

function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
