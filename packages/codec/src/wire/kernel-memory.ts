/** What every kernel exports besides its calls. Addresses are in bytes. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  start(): void;
  heapBase(): number;
  resultsAt(): number;
}

/** A kernel's memory. Nothing that is in it is kept from one call to the next. */
export interface KernelMemory {
  /** All of the memory; another view whenever it grew, see {@link reserve}. */
  bytes: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  /** What the last call left: words. */
  readonly results: number;
  /** The first address that is the caller's. */
  readonly base: number;
  /** Sees to it that there are so many bytes from {@link base} on. */
  reserve(length: number): void;
}

/**
 * Compiles a WebAssembly module from its bytes, without waiting for anything: a few milliseconds.
 *
 * @throws Error where WebAssembly or its vector instructions are missing, or a policy forbids to compile it.
 */
export function compileKernel(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(decodeBase64(base64));
}

/**
 * Makes an instance of a kernel, with a memory of its own.
 *
 * @param source its bytes, or what they were compiled to.
 * @throws Error where there is none to be had.
 */
export function startKernel<Exports extends KernelExports>(
  source: string | WebAssembly.Module,
  imports?: WebAssembly.Imports,
): { readonly exports: Exports; readonly memory: KernelMemory } {
  const module = typeof source === "string" ? compileKernel(source) : source;
  const instance = new WebAssembly.Instance(module, imports);
  const exports = instance.exports as unknown as Exports;
  exports.start();
  return { exports, memory: kernelMemory(exports) };
}

const page = 65_536;

function kernelMemory(exports: KernelExports): KernelMemory {
  const { memory } = exports;
  const base = exports.heapBase();
  const views: KernelMemory = {
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    results: exports.resultsAt() >> 2,
    base,
    reserve(length) {
      const missing = base + length - views.bytes.length;
      if (missing <= 0) return;
      memory.grow(Math.ceil(missing / page));
      views.bytes = new Uint8Array(memory.buffer);
      views.words = new Uint32Array(memory.buffer);
    },
  };
  return views;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
