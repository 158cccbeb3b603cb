import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileKernel, kernelModule } from "../scripts/build-kernel.ts";

it("carries the kernel that assembly/ compiles to", async () => {
  const carried = readFileSync(new URL("../src/kernel/kernel-bytes.ts", import.meta.url), "utf8");
  expect(carried).toBe(kernelModule(await compileKernel()));
});
