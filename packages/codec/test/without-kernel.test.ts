import { afterEach, describe, expect, it, vi } from "vitest";
import { goldenCases, goldenRows, toHex } from "./golden-values.ts";

/** A copy of the package that has not loaded its kernel yet. */
async function freshPackage() {
  vi.resetModules();
  const { RecordPack, RecordStreamValidator, encodeRecords } = await import("../src/index.ts");
  const { loadedKernel } = await import("../src/kernel/kernel.ts");
  return { RecordPack, RecordStreamValidator, encodeRecords, loadedKernel };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const columns = [
  { name: "id", type: "bigint" },
  { name: "text", type: "string" },
];
const rows = Array.from({ length: 5000 }, (_, index) => [index, `text ${index}`]);

describe.each([
  ["WebAssembly is missing", undefined],
  [
    "a policy forbids to compile",
    {
      Module: class {
        constructor() {
          throw new EvalError("Refused to compile or instantiate WebAssembly module");
        }
      },
    },
  ],
])("where %s", (_place, webAssembly) => {
  it("gives the same bytes without the kernel", async () => {
    const usual = (await freshPackage()).encodeRecords(columns, rows);
    vi.stubGlobal("WebAssembly", webAssembly);
    const { encodeRecords, RecordStreamValidator, loadedKernel } = await freshPackage();
    const bytes = encodeRecords(columns, rows);
    expect(toHex(bytes)).toBe(toHex(usual));
    const validator = new RecordStreamValidator(columns);
    expect(validator.push(bytes)).toBe(5000);
    expect(validator.end().recordCount).toBe(5000);
    expect(loadedKernel()).toBeUndefined();
  });
});

describe("the kernel", () => {
  it("is loaded by packs of many rows only", async () => {
    const { encodeRecords, loadedKernel } = await freshPackage();
    encodeRecords(columns, rows.slice(0, 64));
    expect(loadedKernel()).toBeUndefined();
    encodeRecords(columns, rows.slice(0, 65));
    expect(loadedKernel()).toBeDefined();
  });

  it("is loaded by validators of many bytes only", async () => {
    const { encodeRecords, RecordStreamValidator, loadedKernel } = await freshPackage();
    const bytes = encodeRecords(columns, rows, { kernel: "js" });
    const validator = new RecordStreamValidator(columns);
    validator.push(bytes.subarray(0, 10_000));
    expect(loadedKernel()).toBeUndefined();
    validator.push(bytes.subarray(10_000));
    expect(loadedKernel()).toBeDefined();
    expect(validator.end().recordCount).toBe(5000);
  });

  it("is never loaded when it is not wanted", async () => {
    const { encodeRecords, loadedKernel } = await freshPackage();
    encodeRecords(columns, rows, { kernel: "js" });
    expect(loadedKernel()).toBeUndefined();
  });

  it("is decoded from base64 also where the platform has no function for that", async () => {
    const { fromBase64 } = Uint8Array as { fromBase64?: unknown };
    try {
      Object.defineProperty(Uint8Array, "fromBase64", {
        value: undefined,
        configurable: true,
        writable: true,
      });
      const { encodeRecords, loadedKernel } = await freshPackage();
      const bytes = encodeRecords(columns, rows);
      expect(loadedKernel()).toBeDefined();
      expect(toHex(bytes)).toBe(toHex(encodeRecords(columns, rows, { kernel: "js" })));
    } finally {
      if (fromBase64 === undefined) Reflect.deleteProperty(Uint8Array, "fromBase64");
      else
        Object.defineProperty(Uint8Array, "fromBase64", {
          value: fromBase64,
          configurable: true,
          writable: true,
        });
    }
  });

  it("takes over in the middle of a pack without a trace", async () => {
    const [golden] = goldenCases("record-packs").filter(({ records }) => records.length > 1);
    const many = Array.from({ length: 300 }, () => goldenRows(golden!)).flat();
    const { encodeRecords } = await freshPackage();
    const bytes = encodeRecords(golden!.schema, many);
    expect(toHex(bytes)).toBe(toHex(encodeRecords(golden!.schema, many, { kernel: "js" })));
  });
});
