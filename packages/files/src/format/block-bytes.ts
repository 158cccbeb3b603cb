import type { CompressorStream } from "@maxcompute-tunnel/writer";
import type { BlockCompressor } from "../compress/block-compressor.ts";
import type { EncodeContext, EncodedBlock } from "./format.ts";

/** What gives encoded bytes while more are made. */
interface Drain {
  readonly byteLength: number;
  drain(): Uint8Array[];
}

/** The body of one block, as its bytes come. */
export interface BlockBytes {
  /** Takes what is there so far, if that is of use now; may have to wait. */
  add(pack: Drain): Promise<void> | undefined;
  /** Takes the last bytes and gives the body. */
  finish(
    rest: readonly Uint8Array<ArrayBuffer>[],
  ): Promise<Pick<EncodedBlock, "chunks" | "contentEncoding" | "bytes" | "compressMs">>;
  abort(): void;
}

/** Opens a body with the thread's compression of the moment. */
export function openBlockBytes(context: EncodeContext): BlockBytes {
  const compressor = context.compressor();
  return compressor === undefined ? new PlainBytes() : new CompressedBytes(compressor, context);
}

/** Bytes are left in the pack until the end: they are sent as they are. */
class PlainBytes implements BlockBytes {
  add(): undefined {}

  async finish(rest: readonly Uint8Array<ArrayBuffer>[]): ReturnType<BlockBytes["finish"]> {
    const bytes = rest.reduce((total, chunk) => total + chunk.byteLength, 0);
    return { chunks: rest, contentEncoding: undefined, bytes, compressMs: 0 };
  }

  abort(): void {}
}

/** Bytes are compressed on the thread pool while the next ones are encoded, and their buffers go back at once. */
class CompressedBytes implements BlockBytes {
  readonly #context: EncodeContext;
  readonly #contentEncoding: string;
  readonly #stream: CompressorStream;
  #work: Promise<void> = Promise.resolve();
  #output: Uint8Array[] = [];
  #bytes = 0;
  #compressMs = 0;

  constructor(compressor: BlockCompressor, context: EncodeContext) {
    this.#context = context;
    this.#contentEncoding = compressor.contentEncoding;
    this.#stream = compressor.stream();
  }

  add(pack: Drain): Promise<void> | undefined {
    if (pack.byteLength - this.#bytes < worthWriting) return undefined;
    return this.#write(pack.drain() as Uint8Array<ArrayBuffer>[]);
  }

  async finish(rest: readonly Uint8Array<ArrayBuffer>[]): ReturnType<BlockBytes["finish"]> {
    await this.#write(rest);
    await this.#work;
    this.#output.push(...(await this.#timed(() => this.#stream.end())));
    const chunks = [joined(this.#output)];
    freeBuffers(this.#output);
    this.#output = [];
    return {
      chunks,
      contentEncoding: this.#contentEncoding,
      bytes: this.#bytes,
      compressMs: this.#compressMs,
    };
  }

  abort(): void {
    this.#work.catch(() => undefined);
    this.#stream.abort();
  }

  /** Waits for the bytes before, not for these. */
  async #write(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    const before = this.#work;
    for (const chunk of chunks) this.#bytes += chunk.byteLength;
    await before;
    this.#work = (async () => {
      for (const chunk of chunks) {
        this.#output.push(...(await this.#timed(() => this.#stream.write(chunk))));
        this.#context.giveBack(chunk);
      }
    })();
    // It is reported by whoever waits next.
    this.#work.catch(() => undefined);
  }

  async #timed<Value>(work: () => Promise<Value>): Promise<Value> {
    const before = performance.now();
    const value = await work();
    this.#compressMs += performance.now() - before;
    return value;
  }
}

/** One buffer of the bytes' own: compressors give views on larger buffers, which cannot be handed over. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** Gives back at once what a collector would leave lying around until there are tens of megabytes of it. */
function freeBuffers(chunks: readonly Uint8Array[]): void {
  for (const { buffer } of chunks) {
    // Small ones may be parts of a pool that others have parts of.
    if (buffer instanceof ArrayBuffer && buffer.byteLength >= ownBufferBytes) buffer.transfer(0);
  }
}

const ownBufferBytes = 256 * 1024;
const worthWriting = 1024 * 1024;
