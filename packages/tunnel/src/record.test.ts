import type { RowOf } from "@maxcompute-tunnel/codec";
import { defineSchema } from "@maxcompute-tunnel/codec";
import { describe, expect, expectTypeOf, it } from "vitest";
import { TunnelRecord } from "./record.ts";

const schema = defineSchema([
  { name: "id", type: "bigint" },
  { name: "Note", type: "string" },
]);

describe("TunnelRecord", () => {
  it("is NULL everywhere until it is filled", () => {
    expect(new TunnelRecord(schema).values).toEqual([null, null]);
  });

  it("is filled by name in any case, or by position", () => {
    const record = new TunnelRecord(schema);
    record.set("NOTE", "a").set(0, 1n);
    expect(record.values).toEqual([1n, "a"]);
    expect(record.get("note")).toBe("a");
    expect(record.get(0)).toBe(1n);
  });

  it("takes several columns at once, or none when one of them is unknown", () => {
    const record = new TunnelRecord(schema).assign({ id: 1n, note: "a" });
    expect(record.values).toEqual([1n, "a"]);
    expect(() => record.assign({ id: 2n, color: "red" })).toThrow("color");
    expect(record.values).toEqual([1n, "a"]);
  });

  it("can be emptied and used again", () => {
    expect(new TunnelRecord(schema).set("id", 1n).clear().values).toEqual([null, null]);
  });

  it("takes undefined for NULL", () => {
    expect(new TunnelRecord(schema).set("id", 1n).set("id", undefined).get("id")).toBeNull();
  });

  it("refuses what is no column, and says what there is", () => {
    const record = new TunnelRecord(schema);
    expect(() => record.set("color", "red")).toThrow(
      `Expected one of the table's columns (id, Note), got "color"`,
    );
    for (const wrong of [2, -1, 0.5]) {
      expect(() => record.get(wrong)).toThrow(`Expected a position from 0 to 1, got ${wrong}`);
    }
    expect(() => record.get("length")).toThrow("Expected one of the table's columns");
  });

  it("checks names and values when the row's type is known", () => {
    const record = new TunnelRecord<RowOf<typeof schema>>(schema);
    record.set("id", 1n);
    // @ts-expect-error a bigint column takes no text
    record.set("id", "one");
    // @ts-expect-error no such column
    expect(() => record.set("color", 1)).toThrow();
    expectTypeOf(record.get("Note")).toEqualTypeOf<string | null>();
  });
});
