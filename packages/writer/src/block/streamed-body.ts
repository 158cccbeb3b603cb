import type { Compressor } from "../compression/compressor.ts";
import type { BodyChannel } from "./body-channel.ts";

/** A request body that comes into being while it is sent, and counts what has left. */
export class StreamedBody implements AsyncIterable<Uint8Array> {
  readonly #channel: BodyChannel;
  readonly #compressor: Compressor;
  readonly #pieceBytes: number;
  #sentBytes = 0;

  /** Sends pieces of at least `pieceBytes`, but for those that a flush or the end of the block cuts short. */
  constructor(channel: BodyChannel, compressor: Compressor, pieceBytes: number) {
    this.#channel = channel;
    this.#compressor = compressor;
    this.#pieceBytes = pieceBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const stream = this.#compressor.stream();
    let gathered: Uint8Array[] = [];
    let gatheredBytes = 0;
    const gather = (chunks: readonly Uint8Array[]): void => {
      for (const chunk of chunks) {
        if (chunk.byteLength === 0) continue;
        gathered.push(chunk);
        gatheredBytes += chunk.byteLength;
      }
    };
    const takeGathered = (): Uint8Array => {
      const piece = join(gathered, gatheredBytes);
      gathered = [];
      gatheredBytes = 0;
      this.#sentBytes += piece.byteLength;
      return piece;
    };
    try {
      for (let item = await this.#channel.next(); item !== undefined; item = await this.#channel.next()) {
        gather(item.kind === "bytes" ? await stream.write(item.bytes) : await stream.flush());
        if (gatheredBytes >= this.#pieceBytes || (item.kind === "flush" && gatheredBytes > 0))
          yield takeGathered();
      }
      gather(await stream.end());
      if (gatheredBytes > 0) yield takeGathered();
    } finally {
      stream.abort();
    }
  }
}

function join(chunks: readonly Uint8Array[], byteLength: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const joined = new Uint8Array(byteLength);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return joined;
}
