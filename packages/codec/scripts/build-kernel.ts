import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const assembly = fileURLToPath(new URL("../assembly/", import.meta.url));
const target = fileURLToPath(new URL("../src/kernel/kernel-bytes.ts", import.meta.url));

/** Compiles the kernel. The same sources give the same bytes. */
export async function compileKernel(): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
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
        const path = `${base.startsWith("/") ? base : assembly + base}/${file}`;
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (name, contents) => {
        if (name === "kernel.wasm" && contents instanceof Uint8Array) wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) {
    throw new Error(`Expected the kernel to compile, got ${error?.message}\n${stderr.toString()}`);
  }
  return wasm;
}

/** The module that carries the kernel. */
export function kernelModule(wasm: Uint8Array): string {
  return `// Built from assembly/ by scripts/build-kernel.ts.

/** The kernel's WebAssembly module, ${wasm.length} bytes, as base64. */
export const kernelBytes: string =
  "${Buffer.from(wasm).toString("base64")}";
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = kernelModule(await compileKernel());
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
}
