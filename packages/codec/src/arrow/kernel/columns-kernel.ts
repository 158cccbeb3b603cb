import { type KernelExports, type KernelMemory, startKernel } from "../../wire/kernel-memory.ts";
import { kernelBytes } from "./columns-kernel-bytes.ts";

/** What the kernel exports; see assembly/columns/. */
interface ColumnsExports extends KernelExports {
  encodeColumns(
    nodes: number,
    columnCount: number,
    from: number,
    to: number,
    out: number,
    outBytes: number,
    ends: number,
    packState: number,
    maxFieldBytes: number,
    maxRecordBytes: number,
  ): number;
  feedRun(state: number, at: number, length: number): number;
}

/** The WebAssembly kernel for columns. There is one a thread. */
export interface ColumnsKernel extends Omit<ColumnsExports, keyof KernelExports> {
  readonly memory: KernelMemory;
}

type Loading =
  | { readonly kind: "untried" }
  | { readonly kind: "loaded"; readonly kernel: ColumnsKernel }
  | { readonly kind: "refused" };

let loading: Loading = { kind: "untried" };

/** The kernel if it is loaded already. */
export function loadedColumnsKernel(): ColumnsKernel | undefined {
  return loading.kind === "loaded" ? loading.kernel : undefined;
}

/** Loads the kernel, once. Undefined where the platform or a policy does not let it run. */
export function loadColumnsKernel(): ColumnsKernel | undefined {
  if (loading.kind === "untried") {
    try {
      const { exports, memory } = startKernel<ColumnsExports>(kernelBytes);
      const { encodeColumns, feedRun } = exports;
      loading = { kind: "loaded", kernel: { memory, encodeColumns, feedRun } };
    } catch {
      loading = { kind: "refused" };
    }
  }
  return loadedColumnsKernel();
}
