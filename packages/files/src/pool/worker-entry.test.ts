import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { workerEntry } from "./worker-entry.ts";

it("is the source where the source runs", () => {
  expect(workerEntry("file:///p/src/pool/worker-entry.ts", () => true).href).toBe(
    "file:///p/src/pool/pack-worker.ts",
  );
});

it("is the bundle where the build has made one", () => {
  const exists = (file: URL): boolean => file.href === "file:///p/dist/pool/worker/pack-worker.cjs";
  expect(workerEntry("file:///p/dist/pool/worker-entry.js", exists).href).toBe(
    "file:///p/dist/pool/worker/pack-worker.cjs",
  );
});

it("is the entry by itself where there is no bundle of it", () => {
  expect(workerEntry("file:///p/out/program.js", () => false).href).toBe("file:///p/out/pack-worker.js");
});

it("is the bundle in what is published", () => {
  const built = new URL("../../dist/pool/worker-entry.js", import.meta.url);
  expect(existsSync(built)).toBe(true);
  expect(workerEntry(built.href).pathname).toMatch(/\/dist\/pool\/worker\/pack-worker\.cjs$/);
});
