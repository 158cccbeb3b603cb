import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCivilTime, plainCivilSeconds } from "./civil-time.ts";
import { type ColumnConverter, compileColumns } from "./column-converter.ts";
import { utc } from "./time-zone.ts";

function column(type: string): ColumnConverter {
  return compileColumns([{ name: "c", type }], { timeZone: utc, binary: "base64" })[0]!;
}

/** Converts a field that stands in the middle of other bytes. */
function fromField(type: string, text: string): unknown {
  const bytes = Buffer.from(`"9,${text},9"`);
  return column(type).fromField(bytes, 3, 3 + Buffer.byteLength(text));
}

describe("fields", () => {
  it("hands the bytes of text over as they are", () => {
    expect(fromField("string", "é,x")).toEqual(Buffer.from("é,x"));
    expect(fromField("varchar(3)", "abé")).toEqual(Buffer.from("abé"));
  });

  it.each([
    ["bigint", "0", 0],
    ["bigint", "-12", -12],
    ["bigint", "999999999999999", 999_999_999_999_999],
    ["bigint", "1000000000000000", 1_000_000_000_000_000n],
    ["date", "2024-02-29", new Date("2024-02-29T00:00:00Z")],
    ["date", "0099-12-31", new Date("0099-12-31T00:00:00Z")],
    ["datetime", "2024-02-29", Date.UTC(2024, 1, 29)],
    ["datetime", "2024-02-29 12:34:56", Date.UTC(2024, 1, 29, 12, 34, 56)],
    ["datetime", "2024-02-29T12:34:56", Date.UTC(2024, 1, 29, 12, 34, 56)],
    ["decimal(10,2)", "12.50", "12.50"],
    ["decimal(10,2)", "-0.5", "-0.5"],
    ["decimal(10,2)", "+.5", "0.5"],
    ["decimal(10,2)", "1.25e1", "12.5"],
    ["double", "-12.5", -12.5],
    ["double", "1e3", 1000],
    ["float", "0.5", 0.5],
    ["json", ' {"a":1} ', '{"a":1}'],
  ])("%s reads %s", (type, text, value) => {
    expect(fromField(type, text)).toEqual(value);
  });

  it("never gives minus zero", () => {
    expect(Object.is(fromField("int", "-0"), 0)).toBe(true);
  });

  it.each([
    ["bigint", "-"],
    ["bigint", "12a"],
    ["date", "2023-02-29"],
    ["date", "2024-02-29 00:00:00"],
    ["datetime", "2024-02-29 24:00:00"],
    ["datetime", "2024-02-29 12:60:00"],
    ["datetime", "2024-02-2912:34:567"],
    ["decimal(10,2)", "1.2.3"],
    ["decimal(10,2)", "-"],
    ["decimal(10,2)", "."],
    ["double", "1.2.3"],
    ["double", "-"],
    ["double", "12x"],
    ["json", "{a}"],
    ["json", "1 2"],
  ])("%s refuses %s", (type, text) => {
    expect(() => fromField(type, text)).toThrow();
  });
});

it("knows which columns may be NULL", () => {
  const [may, must] = compileColumns(
    [
      { name: "a", type: "int" },
      { name: "b", type: "int", nullable: false },
    ],
    { timeZone: utc, binary: "base64" },
  );
  expect([may!.nullable, must!.nullable]).toEqual([true, false]);
});

it("reads plain dates and times to the same second as the general way, or leaves them to it", () => {
  const upTo = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, "0"));
  fc.assert(
    fc.property(
      upTo(99),
      upTo(99),
      upTo(13),
      upTo(32),
      upTo(24),
      upTo(60),
      upTo(60),
      (century, year, month, day, hour, minute, second) => {
        const text = `${century}${year}-${month}-${day} ${hour}:${minute}:${second}`;
        let general: number | undefined;
        try {
          general = parseCivilTime(text).wallSeconds;
        } catch {
          general = undefined;
        }
        expect(plainCivilSeconds(Buffer.from(text), 0, 19)).toBe(general);
      },
    ),
    { numRuns: 2000 },
  );
});
