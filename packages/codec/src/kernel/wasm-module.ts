/** What every one of the package's WebAssembly modules exports besides its work. Addresses and lengths are in bytes. */
export interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  start(): void;
  heapBase(): number;
  resultsAt(): number;
}

/**
 * A WebAssembly module with its memory. There is one of a kind a thread: a call is over before the next one begins,
 * so nothing that is in its memory is kept from one call to the next.
 */
export interface WasmModule<Exports extends ModuleExports> {
  readonly exports: Exports;
  /** All of the memory; another view whenever it grew, see {@link reserve}. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  /** What the last call left: words. */
  readonly results: number;
  /** The first address that is the caller's. */
  readonly base: number;
  /** Sees to it that there are so many bytes from {@link base} on. */
  reserve(length: number): void;
}

/** A module that is loaded when it is first wanted. */
export interface LazyModule<Module> {
  /** The module if it is loaded already. */
  loaded(): Module | undefined;
  /**
   * Loads the module, once, without waiting for anything: a few milliseconds. Undefined where WebAssembly or its
   * vector instructions are missing, or a policy forbids to compile it.
   */
  load(): Module | undefined;
}

export function lazyModule<Exports extends ModuleExports>(
  base64: () => string,
): LazyModule<WasmModule<Exports>> {
  let module: WasmModule<Exports> | undefined;
  let isTried = false;
  return {
    loaded: () => module,
    load() {
      if (!isTried) {
        isTried = true;
        try {
          module = instantiate(base64());
        } catch {
          // It stays away: the plain path does the work.
        }
      }
      return module;
    },
  };
}

const page = 65_536;

function instantiate<Exports extends ModuleExports>(base64: string): WasmModule<Exports> {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(base64)));
  const exports = instance.exports as unknown as Exports;
  exports.start();
  const { memory } = exports;
  const base = exports.heapBase();
  const module = {
    exports,
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    results: exports.resultsAt() >> 2,
    base,
    reserve(length: number): void {
      const missing = base + length - module.bytes.length;
      if (missing <= 0) return;
      memory.grow(Math.ceil(missing / page));
      module.bytes = new Uint8Array(memory.buffer);
      module.words = new Uint32Array(memory.buffer);
    },
  };
  return module;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
