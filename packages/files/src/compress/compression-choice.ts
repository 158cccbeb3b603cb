/** Compressions that a block can be sent with. */
export type CompressionName = "none" | "zstd" | "deflate" | "snappy" | "lz4";

/** A compression by name, with the level where it has one; `auto` measures the first blocks and decides. */
export type CompressionChoice =
  | "auto"
  | CompressionName
  | { readonly name: "zstd" | "deflate" /** @default 1 */; readonly level?: number };
