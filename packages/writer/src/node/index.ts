export { nodeLz4 } from "./lz4-compressor.ts";
export { nodeSnappy } from "./snappy-compressor.ts";
export { toNodeWritable } from "./writable.ts";
export { type LevelOptions, nodeDeflate, nodeZstd } from "./zlib-compressors.ts";
