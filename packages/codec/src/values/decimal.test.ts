import { describe, expect, it } from "vitest";
import { type DecimalRoom, decimalText } from "./decimal.ts";
import { isDecimal, isPlainDecimal } from "./decimal-bytes.ts";
import { InvalidValue } from "./invalid-value.ts";

const room = (integerDigits: number, scale: number): DecimalRoom => ({
  name: "decimal",
  integerDigits,
  scale,
});

describe("decimalText", () => {
  it.each([
    ["1.50", "1.50"],
    ["0", "0"],
    ["-0.01", "-0.01"],
    ["-0.00", "-0.00"],
    ["007.5", "007.5"],
    ["12345678.12", "12345678.12"],
    ["+1.5", "1.5"],
    [".5", "0.5"],
    ["-.25", "-0.25"],
    ["5.", "5"],
    ["1E+3", "1000"],
    ["1.50e1", "15.0"],
    ["123E-2", "1.23"],
    ["-5e-2", "-0.05"],
    ["0.12e2", "12"],
    ["0e99999", "0"],
    ["0.0E-5", "0.0"],
    ["1.5000", "1.50"],
    ["1.00000000000000000000000", "1.00"],
    ["100e-2", "1.00"],
    ["000000000012345678.9", "000000000012345678.9"],
  ])("%s goes out as %s in decimal(10,2)", (text, plain) => {
    expect(decimalText(text, room(8, 2))).toBe(plain);
  });

  it("takes bigints and safe integers", () => {
    expect(decimalText(12345678901234567890n, room(20, 0))).toBe("12345678901234567890");
    expect(decimalText(-42, room(8, 2))).toBe("-42");
  });

  it.each([
    ["1.234", "inexact"],
    ["1e-3", "inexact"],
    ["1e-99999", "inexact"],
    ["0.001", "inexact"],
    ["123456789", "out-of-range"],
    ["1e8", "out-of-range"],
    ["1e99999", "out-of-range"],
    ["1e999999999999", "invalid-text"],
    ["", "invalid-text"],
    ["-", "invalid-text"],
    [".", "invalid-text"],
    ["1,5", "invalid-text"],
    ["1.2.3", "invalid-text"],
    [" 1", "invalid-text"],
    ["0x10", "invalid-text"],
    ["NaN", "invalid-text"],
    ["Infinity", "invalid-text"],
    ["__ParseFromValue__", "invalid-text"],
    ["１", "invalid-text"],
    [1.5, "inexact"],
    [2 ** 53, "inexact"],
    [Number.NaN, "inexact"],
    [true, "wrong-type"],
    [{}, "wrong-type"],
  ])("refuses %s with %s", (value, code) => {
    expect(() => decimalText(value, room(8, 2))).toThrow(InvalidValue);
    try {
      decimalText(value, room(8, 2));
    } catch (error) {
      expect((error as InvalidValue).code).toBe(code);
    }
  });

  it("keeps integer digits and scale apart: decimal(2,2) has no digit before the point but zero", () => {
    expect(decimalText("0.25", room(0, 2))).toBe("0.25");
    expect(() => decimalText("1.25", room(0, 2))).toThrow(InvalidValue);
  });

  it("gives 36 digits before and 18 after the point to the bare legacy type", () => {
    const text = `${"9".repeat(36)}.${"9".repeat(18)}`;
    expect(decimalText(text, room(36, 18))).toBe(text);
    expect(() => decimalText(`1${text}`, room(36, 18))).toThrow(InvalidValue);
  });
});

describe("decimals as bytes", () => {
  it("knows the commonest form without a string", () => {
    const plain = (text: string) => {
      const bytes = new TextEncoder().encode(text);
      return isPlainDecimal(bytes, 0, bytes.length, room(3, 2));
    };
    expect(["0", "-1", "123", "123.4", "-0.25", "0.00"].map(plain)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(["1234", "1.234", "1.", ".5", "+1", "1e2", "", "-", "1,2"].map(plain).includes(true)).toBe(false);
  });

  it("knows every form that a client may send", () => {
    expect(["1", "+1", "-1.50", "1E+3", ".5", "5.", "1e-9"].every(isDecimal)).toBe(true);
    expect(["", ".", "e1", "NaN", "1_0", "0x1", "1".repeat(3000)].some(isDecimal)).toBe(false);
  });
});
