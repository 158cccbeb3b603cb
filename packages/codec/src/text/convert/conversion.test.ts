import { describe, expect, it } from "vitest";
import { compileColumns } from "./column-converter.ts";

describe("rounding", () => {
  const read = (type: string, text: string, rounding: "refuse" | "half-up" | "half-up-decimals"): unknown => {
    const [column] = compileColumns([{ name: "v", type }], { rounding });
    const bytes = new TextEncoder().encode(text);
    return column!.fromField(bytes, 0, bytes.byteLength);
  };

  it("of decimals alone leaves times exact", () => {
    expect(read("decimal(5,2)", "1.235", "half-up-decimals")).toBe("1.24");
    expect(() => read("timestamp", "2022-10-18 10:10:10.1234567891", "half-up-decimals")).toThrow("fraction");
    expect(read("timestamp", "2022-10-18 10:10:10.1234567891", "half-up")).toEqual({
      seconds: 1_666_087_810n,
      nanos: 123_456_789,
    });
  });
});
