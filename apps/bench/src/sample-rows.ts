import { defineSchema, type RowInputOf } from "@maxcompute-tunnel/codec";

/** Ten columns of the kinds that tables have; about 110 bytes a row in the pack. */
export const columns = defineSchema([
  { name: "id", type: "bigint" },
  { name: "amount", type: "double" },
  { name: "user", type: "string" },
  { name: "city", type: "string" },
  { name: "note", type: "string" },
  { name: "created", type: "datetime" },
  { name: "active", type: "boolean" },
  { name: "price", type: "decimal(10,2)" },
  { name: "quantity", type: "int" },
  { name: "ratio", type: "float" },
]);

export type SampleRow = Exclude<RowInputOf<typeof columns>, readonly unknown[]>;

const cities = ["Hangzhou", "Beijing", "San Francisco", "München", "東京"];

/** The row with an index; the same index always gives the same row. */
export function sampleRow(index: number): SampleRow {
  return {
    id: BigInt(index) * 7919n,
    amount: index * 1.25,
    user: `user_${index % 1000}`,
    city: cities[index % cities.length] ?? "",
    note: `note for row number ${index} with some more text`,
    created: new Date(1_700_000_000_000 + index * 1000),
    active: (index & 1) === 0,
    price: `${index % 10_000}.50`,
    quantity: index % 500,
    ratio: Math.fround(Math.sqrt(index)),
  };
}

export function sampleRows(count: number): readonly SampleRow[] {
  return Array.from({ length: count }, (_, index) => sampleRow(index));
}

/** The same values in schema order. */
export function asArrays(rows: readonly SampleRow[]): readonly (readonly unknown[])[] {
  const names = columns.map(({ name }) => name);
  return rows.map((row) => names.map((name) => row[name]));
}
