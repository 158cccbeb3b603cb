// @boundaries-ignore parsers are fuzzed in their sources
import { CodecError, type ColumnSpec, decodeRecords } from "../../../../packages/codec/src/index.ts";
import { varint } from "../mutate.ts";

/** A record pack whose checksums are made right one after the other, as long as nothing else is wrong before them. */
export function withRightChecksums(columns: readonly ColumnSpec[], bytes: Uint8Array): Uint8Array {
  let right = bytes;
  for (let turn = 0; turn < 16; turn++) {
    const error = errorOf(columns, right);
    if (error === undefined || !/^(pack-|metrics-)?checksum-mismatch$/.test(error.code)) return right;
    const at = error.offset ?? 0;
    let end = at;
    while (right[end]! > 127) end++;
    const checksum = varint(Number(/0x[0-9a-f]{8}/.exec(error.expected ?? "")?.[0]));
    right = Uint8Array.from([...right.subarray(0, at), ...checksum, ...right.subarray(end + 1)]);
  }
  return right;
}

function errorOf(columns: readonly ColumnSpec[], bytes: Uint8Array): CodecError | undefined {
  try {
    decodeRecords(columns, bytes, { kernel: "js", invalidUtf8: "bytes" });
    return undefined;
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
}
