import { type KernelExports, type KernelMemory, startKernel } from "../wire/kernel-memory.ts";
import { kernelBytes } from "./decode-kernel-bytes.ts";

/** What the decoding kernel exports; see assembly/decode/. Addresses and lengths are in bytes. */
interface DecodeExports extends KernelExports {
  setColumns(columns: number, columnCount: number, maxFieldBytes: number, sums: number, fed: number): void;
  decodeRecords(
    start: number,
    end: number,
    maxRecordBytes: number,
    packState: number,
    maxRows: number,
  ): number;
  recallTexts(
    values: number,
    rows: number,
    heap: number,
    codes: number,
    offsets: number,
    unknown: number,
  ): number;
  countUnits(offsets: number, rows: number, heap: number, units: number): void;
  forgetTexts(): void;
}

/** The WebAssembly kernel that lays records out as columns. There is one a thread. */
export interface DecodeKernel extends Omit<DecodeExports, keyof KernelExports> {
  readonly memory: KernelMemory;
}

type Loading =
  | { readonly kind: "untried" }
  | { readonly kind: "loaded"; readonly kernel: DecodeKernel }
  | { readonly kind: "refused" };

let loading: Loading = { kind: "untried" };

/** The kernel if it is loaded already. */
export function loadedDecodeKernel(): DecodeKernel | undefined {
  return loading.kind === "loaded" ? loading.kernel : undefined;
}

/** Loads the kernel, once. Undefined where the platform or a policy does not let it run. */
export function loadDecodeKernel(): DecodeKernel | undefined {
  if (loading.kind === "untried") {
    try {
      const { exports, memory } = startKernel<DecodeExports>(kernelBytes);
      const { setColumns, decodeRecords, recallTexts, countUnits, forgetTexts } = exports;
      loading = {
        kind: "loaded",
        kernel: { memory, setColumns, decodeRecords, recallTexts, countUnits, forgetTexts },
      };
    } catch {
      loading = { kind: "refused" };
    }
  }
  return loadedDecodeKernel();
}
