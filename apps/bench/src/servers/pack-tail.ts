/** The fields that end a record pack: how many records it has, and a checksum. protocol: MaxCompute Tunnel, stream layout. */
const countTag = [0xf0, 0xff, 0xff, 0x7f];
const longestFooter = 32;

/** Watches a body go by and remembers its end. */
export class PackTail {
  #tail: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): void {
    const before = chunk.length >= longestFooter ? [] : this.#tail;
    this.#tail = Uint8Array.from([...before, ...chunk.subarray(-longestFooter)]).slice(-longestFooter);
  }

  /** How many records the pack says it has; `undefined` for what is no pack, or is compressed. */
  get recordCount(): number | undefined {
    for (let at = this.#tail.length - countTag.length; at >= 0; at--) {
      if (countTag.every((byte, index) => this.#tail[at + index] === byte)) return this.#zigzagAt(at + 4);
    }
    return undefined;
  }

  #zigzagAt(start: number): number {
    let value = 0;
    for (let at = start, scale = 1; at < this.#tail.length; at++, scale *= 128) {
      const byte = this.#tail[at] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value / 2;
  }
}
