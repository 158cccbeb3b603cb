import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** A WebAssembly module of this package: what it is built from, and the module of source that carries its bytes. */
export interface KernelEntry {
  readonly name: string;
  /** The entry file, from assembly/, without its extension. */
  readonly entry: string;
  /** From src/; its name ends in kernel-bytes.ts. */
  readonly carrier: string;
}

/** One module for each way in or out, so that nobody carries what they do not use. */
export const kernelEntries: readonly KernelEntry[] = [
  { name: "rows", entry: "index", carrier: "kernel/kernel-bytes.ts" },
  { name: "columns", entry: "columns/index", carrier: "arrow/kernel/columns-kernel-bytes.ts" },
  { name: "text", entry: "text/index", carrier: "text/kernel/text-kernel-bytes.ts" },
  { name: "decode", entry: "decode/index", carrier: "kernel/decode-kernel-bytes.ts" },
];

const packageRoot = fileURLToPath(new URL("../", import.meta.url));

/** Compiles a kernel. The same sources give the same bytes. */
export async function compileKernel({ entry }: KernelEntry): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      `${entry}.ts`,
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd,bulk-memory,nontrapping-f2i",
      "--memoryBase",
      "20480",
      "--initialMemory",
      "2",
      "--outFile",
      "kernel.wasm",
    ],
    {
      readFile: (name, base) => {
        // The sources end in .as: tools that read every .ts file cannot parse AssemblyScript's decorators.
        const file = base.startsWith("/") ? name : name.replace(/\.ts$/, ".as");
        const path = `${base.startsWith("/") ? base : `${packageRoot}assembly/${base}`}/${file}`;
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (name, contents) => {
        if (name === "kernel.wasm" && contents instanceof Uint8Array) wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) {
    throw new Error(
      `Expected the kernel of ${entry} to compile, got ${error?.message}\n${stderr.toString()}`,
    );
  }
  return wasm;
}

/** The source that carries a kernel. */
export function kernelModule({ entry }: KernelEntry, wasm: Uint8Array): string {
  return `// Built from assembly/${dirname(entry) === "." ? "" : `${dirname(entry)}/`} by scripts/build-kernel.ts.

/** The kernel's WebAssembly module, ${wasm.length} bytes, as base64. */
export const kernelBytes: string =
  "${Buffer.from(wasm).toString("base64")}";
`;
}

/** Where a kernel's carrier lies. */
export function carrierPath({ carrier }: KernelEntry): string {
  return `${packageRoot}src/${carrier}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const entry of kernelEntries) {
    if (wanted.length > 0 && !wanted.includes(entry.name)) continue;
    const path = carrierPath(entry);
    const text = kernelModule(entry, await compileKernel(entry));
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
}
