import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { carrierPath, compileKernel, kernelEntries, kernelModule } from "../scripts/build-kernel.ts";

describe.each(kernelEntries)("the kernel of $name", (entry) => {
  it("is carried as assembly/ compiles to", async () => {
    const carried = readFileSync(carrierPath(entry), "utf8");
    expect(carried).toBe(kernelModule(entry, await compileKernel(entry)));
  }, 60_000);
});

it("weighs at most 40 KB of gzip, all kernels together", () => {
  const bytes = kernelEntries.map((entry) => {
    const base64 = /"([A-Za-z0-9+/=]+)";\n$/.exec(readFileSync(carrierPath(entry), "utf8"))?.[1];
    return gzipSync(Buffer.from(base64 ?? "", "base64"), { level: 9 }).length;
  });
  expect(Math.min(...bytes)).toBeGreaterThan(1000);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(40_000);
});
