export { type LevelOptions, nodeDeflate, nodeLz4, nodeSnappy, nodeZstd } from "./compressors.ts";
export { toNodeWritable } from "./writable.ts";
