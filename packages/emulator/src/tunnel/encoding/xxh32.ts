const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;

/** xxHash32 with seed 0 over bytes that arrive in pieces; LZ4 frames use it for all their checksums. */
export class XxHash32 {
  readonly #lanes = Int32Array.of(prime1 + prime2, prime2, 0, -prime1);
  readonly #pending = new Uint8Array(16);
  #pendingLength = 0;
  #length = 0;

  update(bytes: Uint8Array): this {
    this.#length += bytes.length;
    let from = 0;
    if (this.#pendingLength > 0) {
      from = Math.min(16 - this.#pendingLength, bytes.length);
      this.#pending.set(bytes.subarray(0, from), this.#pendingLength);
      this.#pendingLength += from;
      if (this.#pendingLength < 16) {
        return this;
      }
      this.#stripe(this.#pending, 0);
      this.#pendingLength = 0;
    }
    for (; from + 16 <= bytes.length; from += 16) {
      this.#stripe(bytes, from);
    }
    this.#pending.set(bytes.subarray(from), 0);
    this.#pendingLength = bytes.length - from;
    return this;
  }

  digest(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
    let hash =
      this.#length >= 16 ? (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0 : prime5 | 0;
    hash = (hash + this.#length) | 0;
    let from = 0;
    for (; from + 4 <= this.#pendingLength; from += 4) {
      hash = Math.imul(rotate((hash + Math.imul(word(this.#pending, from), prime3)) | 0, 17), prime4);
    }
    for (; from < this.#pendingLength; from += 1) {
      hash = Math.imul(rotate((hash + Math.imul(this.#pending[from] ?? 0, prime5)) | 0, 11), prime1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), prime2);
    hash = Math.imul(hash ^ (hash >>> 13), prime3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #stripe(bytes: Uint8Array, from: number): void {
    const lanes = this.#lanes;
    for (let lane = 0; lane < 4; lane += 1) {
      const sum = ((lanes[lane] ?? 0) + Math.imul(word(bytes, from + lane * 4), prime2)) | 0;
      lanes[lane] = Math.imul(rotate(sum, 13), prime1);
    }
  }
}

/** xxHash32 of bytes that are all there. */
export function xxh32(bytes: Uint8Array): number {
  return new XxHash32().update(bytes).digest();
}

function word(bytes: Uint8Array, from: number): number {
  return (
    (bytes[from] ?? 0) |
    ((bytes[from + 1] ?? 0) << 8) |
    ((bytes[from + 2] ?? 0) << 16) |
    ((bytes[from + 3] ?? 0) << 24)
  );
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
