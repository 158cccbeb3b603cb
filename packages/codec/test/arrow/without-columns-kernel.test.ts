import { Int64, RecordBatch, Utf8, vectorFromArray } from "apache-arrow";
import { afterEach, describe, expect, it, vi } from "vitest";
import { toHex } from "../golden-values.ts";

/** A copy of the package that has not loaded its kernel yet. */
async function freshPackage() {
  vi.resetModules();
  const { ArrowPack, frameArrow } = await import("../../src/arrow/index.ts");
  const { loadedColumnsKernel } = await import("../../src/arrow/kernel/columns-kernel.ts");
  const packOf = (to: number, kernel: "auto" | "js" = "auto"): string => {
    const pack = new ArrowPack(columns, { kernel });
    pack.append(batch, 0, to);
    return toHex(Buffer.concat(pack.seal().chunks));
  };
  return { packOf, frameArrow, loadedColumnsKernel };
}

const columns = [
  { name: "id", type: "bigint" },
  { name: "text", type: "string" },
];
const numbers = Array.from({ length: 5000 }, (_, index) => index);
const batch = new RecordBatch({
  id: vectorFromArray(numbers.map(BigInt), new Int64()).data[0]!,
  text: vectorFromArray(
    numbers.map((index) => `text ${index}`),
    new Utf8(),
  ).data[0]!,
});
const payload = new Uint8Array(200_000).fill(7);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the kernel for columns", () => {
  it("is not missed where WebAssembly is missing", async () => {
    const usual = await freshPackage();
    const bytes = [usual.packOf(5000), toHex(usual.frameArrow(payload))];
    expect(usual.loadedColumnsKernel()).toBeDefined();
    vi.stubGlobal("WebAssembly", undefined);
    const { packOf, frameArrow, loadedColumnsKernel } = await freshPackage();
    expect([packOf(5000), toHex(frameArrow(payload))]).toEqual(bytes);
    expect(loadedColumnsKernel()).toBeUndefined();
  });

  it("is loaded by batches of many rows, and by long runs of framed bytes, only", async () => {
    const { packOf, frameArrow, loadedColumnsKernel } = await freshPackage();
    packOf(63);
    frameArrow(payload.subarray(0, 2000));
    expect(loadedColumnsKernel()).toBeUndefined();
    packOf(64);
    expect(loadedColumnsKernel()).toBeDefined();
    const other = await freshPackage();
    other.frameArrow(payload);
    expect(other.loadedColumnsKernel()).toBeDefined();
  });

  it("is never loaded when it is not wanted", async () => {
    const { packOf, frameArrow, loadedColumnsKernel } = await freshPackage();
    packOf(5000, "js");
    frameArrow(payload, { kernel: "js" });
    expect(loadedColumnsKernel()).toBeUndefined();
  });
});
