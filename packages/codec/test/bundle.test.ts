import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";

interface Bundle {
  readonly code: string;
  readonly modules: readonly string[];
}

/** The kernels, and what drives them. */
const kernels = /kernel(?:\/[a-z-]+|-memory)\.ts$/;

describe("bundled for a browser", () => {
  it("is at most 30 KB of gzip with its dependency, besides the kernels", async () => {
    const { code, modules } = await bundle("index.ts", kernels);
    expect(modules.filter((module) => module.startsWith("src/kernel/"))).toEqual([]);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(30_000);
  });

  it("has a kernel of at most 40 KB of gzip with all that drives it", async () => {
    const whole = await bundle("index.ts");
    const rest = await bundle("index.ts", kernels);
    expect(whole.modules).toContain("src/kernel/kernel-bytes.ts");
    const size = gzipSync(whole.code, { level: 9 }).length - gzipSync(rest.code, { level: 9 }).length;
    expect(size).toBeGreaterThan(5000);
    expect(size).toBeLessThanOrEqual(40_000);
  });

  it("brings the kernel for text to those who read text, and only to them", async () => {
    const { modules, code } = await bundle("text/index.ts");
    expect(modules.filter((module) => module.endsWith("kernel-bytes.ts"))).toEqual([
      "src/text/kernel/text-kernel-bytes.ts",
    ]);
    expect(code).not.toMatch(/new Function|\bFunction\(|\beval\(|node:/);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(53_000);
    expect((await bundle("index.ts")).modules).not.toContain("src/text/kernel/text-kernel-bytes.ts");
  });

  it("generates no code and asks for nothing of Node", async () => {
    const { code, modules } = await bundle("index.ts");
    expect(code).not.toMatch(/new Function|\bFunction\(|\beval\(|node:/);
    expect(modules.filter((module) => !/^(src|protobufjs|long)\//.test(module))).toEqual([]);
  });

  it("brings protobufjs only with what reads and writes records", async () => {
    for (const entry of ["schema/index.ts", "arrow/frame-writer.ts", "arrow/frame-reader.ts"]) {
      const { code, modules } = await bundle(entry, kernels);
      expect(modules.filter((module) => !module.startsWith("src/"))).toEqual([]);
      expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(4000);
    }
  });

  it("leaves out what is not used", async () => {
    const { modules } = await bundle("wire/crc32c.ts");
    expect(modules).toEqual(["src/wire/crc32c.ts"]);
  });
});

async function bundle(entry: string, external?: RegExp): Promise<Bundle> {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const built = await rolldown({
    input: `${root}src/${entry}`,
    platform: "browser",
    logLevel: "silent",
    ...(external === undefined ? {} : { external }),
  });
  const { output } = await built.generate({ format: "esm", minify: true });
  await built.close();
  const [chunk] = output;
  const modules = chunk.moduleIds
    .filter((id) => !id.startsWith("\0"))
    .map((id) => id.replace(root, "").replace(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//, "$1/"));
  return { code: chunk.code, modules };
}
