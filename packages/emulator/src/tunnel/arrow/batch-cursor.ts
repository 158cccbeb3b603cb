import type { BatchMessage } from "./batch-message.ts";
import { malformed } from "./malformed.ts";

/** A column's own length, and which of its values are not NULL. */
export interface ColumnNode {
  readonly length: number;
  /** A bit for each value, 1 where there is one; `undefined` when no value is NULL. */
  readonly validity: Uint8Array | undefined;
}

const alignment = 8;

/**
 * Hands out the nodes and buffers of a batch in the order its columns have them.
 *
 * Buffers must lie in the body one behind the other, which keeps what a batch can say in proportion to its bytes.
 */
export class BatchCursor {
  readonly #message: BatchMessage;
  #node = 0;
  #buffer = 0;
  #end = 0;

  constructor(message: BatchMessage) {
    this.#message = message;
  }

  /** The next column, which must have `length` values unless its own offsets decide. */
  node(length: number | undefined): ColumnNode {
    const node = this.#message.nodes[this.#node];
    if (node === undefined) {
      throw malformed(`a batch describes ${this.#node} columns and has more`);
    }
    this.#node += 1;
    const [own, nullCount] = node;
    if (length !== undefined && own !== length) {
      throw malformed(`a column has ${own} values where ${length} are expected`);
    }
    if (nullCount > own) {
      throw malformed(`a column of ${own} values has ${nullCount} NULL values`);
    }
    const validity = this.buffer();
    if (validity.length === 0) {
      if (nullCount > 0) {
        throw malformed(`a column has ${nullCount} NULL values and does not say which`);
      }
      return { length: own, validity: undefined };
    }
    return { length: own, validity: atLeast(validity, Math.ceil(own / 8), "validity bits") };
  }

  /** The next buffer of any length. */
  buffer(): Uint8Array {
    const { buffers, body } = this.#message;
    const place = buffers[this.#buffer];
    if (place === undefined) {
      throw malformed(`a batch lists ${this.#buffer} buffers and has more`);
    }
    this.#buffer += 1;
    const [offset, length] = place;
    if (length === 0) {
      return new Uint8Array(0);
    }
    if (offset < this.#end || offset % alignment !== 0 || length < 0 || offset + length > body.length) {
      throw malformed(`a buffer claims bytes ${offset} to ${offset + length} of ${body.length}`);
    }
    this.#end = offset + length;
    return body.subarray(offset, offset + length);
  }

  /** The next buffer, which must hold `count` values of so many bytes. */
  values(count: number, bytes: number): Uint8Array {
    return atLeast(this.buffer(), count * bytes, "values");
  }

  /** The next buffer as borders of `count` lists, which must not run backwards; the last is the one in use. */
  offsets(count: number): { readonly borders: Int32Array; readonly last: number } {
    const bytes = this.buffer();
    if (count === 0) {
      return { borders: new Int32Array(1), last: 0 };
    }
    const whole = atLeast(bytes, (count + 1) * 4, "offsets");
    const borders = new Int32Array(whole.buffer, whole.byteOffset, count + 1);
    let last = 0;
    for (const border of borders) {
      if (border < last) {
        throw malformed("the offsets of a column run backwards");
      }
      last = border;
    }
    return { borders, last };
  }

  /** How many nodes the batch has in all. */
  get nodeCount(): number {
    return this.#message.nodes.length;
  }

  /** Refuses columns and buffers that nobody asked for. */
  end(): void {
    const { nodes, buffers } = this.#message;
    if (nodes.length !== this.#node || buffers.length !== this.#buffer) {
      throw malformed(
        `a batch has ${nodes.length} columns with ${buffers.length} buffers where ${this.#node} with ${this.#buffer} are expected, nested ones counted`,
      );
    }
  }
}

function atLeast(bytes: Uint8Array, wanted: number, what: string): Uint8Array {
  if (bytes.length < wanted) {
    throw malformed(`a buffer of ${what} has ${bytes.length} bytes of the ${wanted} it needs`);
  }
  return bytes;
}
