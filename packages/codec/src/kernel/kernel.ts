import { kernelBytes } from "./kernel-bytes.ts";

/** What the kernel exports; see assembly/. Addresses and lengths are in bytes. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  start(): void;
  heapBase(): number;
  resultsAt(): number;
  encodeRows(
    columns: number,
    columnCount: number,
    slots: number,
    rowCount: number,
    bytes: number,
    out: number,
    ends: number,
    packState: number,
  ): number;
  setChecks(columns: number, columnCount: number, requiredCount: number, maxFieldBytes: number): void;
  checkRecords(start: number, end: number, maxRecordBytes: number, packState: number): number;
}

/**
 * The WebAssembly kernel with its memory. There is one a thread: a call is over before the next one begins, so
 * nothing that is in its memory is kept from one call to the next.
 */
export interface Kernel extends Omit<KernelExports, "memory" | "start" | "heapBase" | "resultsAt"> {
  /** All of the memory; another view whenever it grew, see {@link reserve}. */
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** What the last call left: words. */
  readonly results: number;
  /** The first address that is the caller's. */
  readonly base: number;
  /** Sees to it that there are so many bytes from {@link base} on. */
  reserve(length: number): void;
}

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

const page = 65_536;

function instantiate(): Kernel {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(kernelBytes)));
  const exports = instance.exports as unknown as KernelExports;
  exports.start();
  const { memory } = exports;
  const base = exports.heapBase();
  const kernel = {
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    results: exports.resultsAt() >> 2,
    base,
    reserve(length: number): void {
      const missing = base + length - kernel.bytes.length;
      if (missing <= 0) return;
      memory.grow(Math.ceil(missing / page));
      kernel.bytes = new Uint8Array(memory.buffer);
      kernel.words = new Uint32Array(memory.buffer);
    },
    encodeRows: exports.encodeRows,
    setChecks: exports.setChecks,
    checkRecords: exports.checkRecords,
  };
  return kernel;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
