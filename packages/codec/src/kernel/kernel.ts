import { type KernelExports, type KernelMemory, startKernel } from "../wire/kernel-memory.ts";
import { kernelBytes } from "./kernel-bytes.ts";

type EncodeRows = (
  columns: number,
  columnCount: number,
  slots: number,
  rowCount: number,
  bytes: number,
  out: number,
  ends: number,
  packState: number,
) => number;

/** What the kernel exports; see assembly/. Addresses and lengths are in bytes. */
interface RowsExports extends KernelExports {
  encodeRows: EncodeRows;
  encodeRowsInLanes: EncodeRows;
  /** 0 when they are not. */
  areWholeTexts(slot: number, rowBytes: number, rowCount: number, text: number, length: number): number;
  /** 0 when they are not. */
  areDecimals(
    slot: number,
    rowBytes: number,
    rowCount: number,
    text: number,
    integerDigits: number,
    scale: number,
  ): number;
  setChecks(columns: number, columnCount: number, requiredCount: number, maxFieldBytes: number): void;
  checkRecords(start: number, end: number, maxRecordBytes: number, packState: number): number;
}

/**
 * The WebAssembly kernel with its memory. There is one a thread: a call is over before the next one begins, so
 * nothing that is in its memory is kept from one call to the next.
 */
export interface Kernel extends Omit<RowsExports, keyof KernelExports>, KernelMemory {}

type Loading =
  | { readonly kind: "untried" }
  | { readonly kind: "loaded"; readonly kernel: Kernel }
  | { readonly kind: "refused" };

let loading: Loading = { kind: "untried" };

/** The kernel if it is loaded already. */
export function loadedKernel(): Kernel | undefined {
  return loading.kind === "loaded" ? loading.kernel : undefined;
}

/**
 * Loads the kernel, once, without waiting for anything: a few milliseconds. Undefined where WebAssembly or its
 * vector instructions are missing, or a policy forbids to compile it.
 */
export function loadKernel(): Kernel | undefined {
  if (loading.kind === "untried") {
    try {
      loading = { kind: "loaded", kernel: instantiate() };
    } catch {
      loading = { kind: "refused" };
    }
  }
  return loadedKernel();
}

/** It is loaded for a row that so many others of its pack come before. */
const rowsWorthLoading = 64;

/** The kernel for a row behind so many others, or when there will be one. */
export function kernelFor(rowCount: number): Kernel | "later" | "never" {
  if (rowCount >= rowsWorthLoading) return loadKernel() ?? "never";
  return loadedKernel() ?? "later";
}

function instantiate(): Kernel {
  const { exports, memory } = startKernel<RowsExports>(kernelBytes);
  const { encodeRows, encodeRowsInLanes, areWholeTexts, areDecimals, setChecks, checkRecords } = exports;
  return Object.assign(memory, {
    encodeRows,
    encodeRowsInLanes,
    areWholeTexts,
    areDecimals,
    setChecks,
    checkRecords,
  });
}
