import { defineSchema, type RowInputOf } from "@maxcompute-tunnel/codec";

/** Ten columns of the kinds that tables have; about 122 bytes a row in the pack, 140 in CSV. */
export const columns = defineSchema([
  { name: "id", type: "bigint" },
  { name: "amount", type: "double" },
  { name: "user", type: "string" },
  { name: "city", type: "string" },
  { name: "note", type: "string" },
  { name: "created", type: "datetime" },
  { name: "active", type: "boolean" },
  { name: "price", type: "decimal(10,2)" },
  { name: "quantity", type: "bigint" },
  { name: "ratio", type: "double" },
]);

export type SyntheticRow = Exclude<RowInputOf<typeof columns>, readonly unknown[]>;

/** How values are given: 64-bit integers and times as numbers, or as the types that hold all of them. */
export type ValueForm = "numbers" | "bigints and Dates";

const cities = ["Hangzhou", "Beijing", "San Francisco", "München", "東京"];

/** The row with an index; the same index always gives the same row, in every language of this benchmark. */
export function syntheticRow(index: number, form: ValueForm = "bigints and Dates"): SyntheticRow {
  const exact = form === "bigints and Dates";
  const created = 1_700_000_000_000 + index * 1000;
  return {
    id: exact ? BigInt(index) * 7919n : index * 7919,
    amount: index * 1.25,
    // Texts are flat, as those are that come from outside: a concatenation would be flattened when it is first read.
    user: flat(`user_${index % 1000}`),
    city: cities[index % cities.length] ?? "",
    note: flat(`note for row number ${index} with some more text`),
    created: exact ? new Date(created) : created,
    active: index % 2 === 0,
    price: flat(`${index % 10_000}.50`),
    quantity: exact ? BigInt(index % 500) : index % 500,
    ratio: Math.sqrt(index),
  };
}

export function syntheticRows(count: number, form?: ValueForm): readonly SyntheticRow[] {
  return Array.from({ length: count }, (_, index) => syntheticRow(index, form));
}

/** The same values in schema order. */
export function asArrays(rows: readonly SyntheticRow[]): readonly (readonly unknown[])[] {
  const names = columns.map(({ name }) => name);
  return rows.map((row) => names.map((name) => row[name]));
}

function flat(text: string): string {
  return decoder.decode(encoder.encode(text));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
