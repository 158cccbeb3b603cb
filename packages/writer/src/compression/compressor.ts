/**
 * One way of making blocks smaller: a name for the `Content-Encoding` header and the bytes to go with it.
 *
 * Write your own to plug in another library; the service understands `deflate` (with the zlib header), `zstd`,
 * `x-snappy-framed` and `x-lz4-frame` for record blocks.
 */
export interface Compressor {
  /** The value of the `Content-Encoding` header; `identity` means that no header is sent. */
  readonly contentEncoding: string;
  /** Compresses a whole block. The chunks given are only read, those returned belong to the caller. */
  compress(chunks: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** Starts compressing a block piece by piece. */
  stream(): CompressorStream;
}

/**
 * A block being compressed. Calls must not overlap: wait for one before the next.
 *
 * Every method answers with the output that has become available, possibly none.
 */
export interface CompressorStream {
  /** Takes bytes in. The chunk must not change until the promise resolves. */
  write(chunk: Uint8Array): Promise<readonly Uint8Array[]>;
  /**
   * Brings everything written so far into the output, so that the receiver can decode it.
   * The one built on `CompressionStream` cannot do this and answers with nothing.
   */
  flush(): Promise<readonly Uint8Array[]>;
  /** Ends the block and gives the rest. */
  end(): Promise<readonly Uint8Array[]>;
  /** Gives up, freeing what the stream holds. Safe to call at any time, also after `end`. */
  abort(): void;
}

/** Runs a whole block through {@link Compressor.stream}: what most compressors' `compress` is. */
export async function compressByStream(
  compressor: Pick<Compressor, "stream">,
  chunks: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const stream = compressor.stream();
  const output: Uint8Array[] = [];
  try {
    for (const chunk of chunks) output.push(...(await stream.write(chunk)));
    output.push(...(await stream.end()));
    return output;
  } finally {
    stream.abort();
  }
}

/** Leaves bytes as they are. */
export const noCompression: Compressor = {
  contentEncoding: "identity",
  compress: async (chunks) => [...chunks],
  stream: () => ({
    write: async (chunk) => [chunk],
    flush: async () => [],
    end: async () => [],
    abort: () => {},
  }),
};
