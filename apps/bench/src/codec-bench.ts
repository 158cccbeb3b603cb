import { encodeRecords } from "@maxcompute-tunnel/codec";
import { type ContenderProcess, startContender } from "./contender-process.ts";
import { type ContenderKind, contenders } from "./contenders.ts";
import { type Measured, measure } from "./rate.ts";
import { columns, sampleRows } from "./sample-rows.ts";

export interface CodecResult {
  readonly encode: readonly Measured[];
  readonly decode: readonly Measured[];
  readonly bytesPerRow: number;
}

/** Measures encoding and decoding in memory beside protobufjs. */
export async function benchCodec(rowCount: number, rounds: number): Promise<CodecResult> {
  return {
    encode: await benchKind("encode", rowCount, rounds),
    decode: await benchKind("decode", rowCount, rounds),
    bytesPerRow: encodeRecords(columns, sampleRows(rowCount)).length / rowCount,
  };
}

async function benchKind(
  kind: ContenderKind,
  rowCount: number,
  rounds: number,
): Promise<readonly Measured[]> {
  const names = Object.keys(contenders[kind]);
  const processes: ContenderProcess[] = [];
  try {
    for (const name of names) processes.push(await startContender(kind, name, rowCount));
    const runners = processes.map(({ run }, index) => ({ name: names[index] ?? "", run }));
    return await measure(runners, rowCount, rounds);
  } finally {
    for (const process of processes) await process[Symbol.asyncDispose]();
  }
}
