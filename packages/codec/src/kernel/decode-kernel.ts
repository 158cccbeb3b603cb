import { kernelBytes } from "./decode-kernel-bytes.ts";
import { type LazyModule, lazyModule, type ModuleExports, type WasmModule } from "./wasm-module.ts";

/** What the decoding kernel exports; see assembly/decode/. Addresses and lengths are in bytes. */
export interface DecodeExports extends ModuleExports {
  setColumns(columns: number, columnCount: number, maxFieldBytes: number): void;
  decodeRecords(
    start: number,
    end: number,
    maxRecordBytes: number,
    packState: number,
    maxRows: number,
  ): number;
  gatherBytes(values: number, rows: number, bytes: number, offsets: number, units: number): void;
  packFlags(flags: number, rows: number): void;
}

/** The kernel that lays records out as columns. */
export type DecodeKernel = WasmModule<DecodeExports>;

export const decodeKernel: LazyModule<DecodeKernel> = /*@__PURE__*/ lazyModule(() => kernelBytes);
