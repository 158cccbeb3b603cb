import { describe, expectTypeOf, it } from "vitest";
import type { DayTimeInterval, Timestamp } from "./instant.ts";
import type { Decoded, Row, RowInput, RowInputOf, RowOf } from "./row.ts";
import { type ColumnSpec, defineSchema } from "./table-schema.ts";

const schema = defineSchema([
  { name: "id", type: "bigint", nullable: false },
  { name: "price", type: "DECIMAL(10, 2)" },
  { name: "tags", type: "array<struct<name:string,`at x`:timestamp>>" },
  { name: "counts", type: "map<string,int>" },
]);

describe("a schema literal", () => {
  it("gives the type of its rows", () => {
    expectTypeOf<RowOf<typeof schema>>().toEqualTypeOf<{
      readonly id: bigint;
      readonly price: string | null;
      readonly tags: ({ name: string | null; "at x": Timestamp | null } | null)[] | null;
      readonly counts: [string | null, number | null][] | null;
    }>();
  });

  it("gives the type of what it encodes, as objects and in schema order", () => {
    expectTypeOf<{ id: bigint }>().toExtend<RowInputOf<typeof schema>>();
    expectTypeOf<{ id: number; price: string; counts: Map<string, number> }>().toExtend<
      RowInputOf<typeof schema>
    >();
    expectTypeOf<[bigint, null, null, undefined]>().toExtend<RowInputOf<typeof schema>>();
    expectTypeOf<{ id: string }>().not.toExtend<RowInputOf<typeof schema>>();
    expectTypeOf<{ price: string }>().not.toExtend<RowInputOf<typeof schema>>();
    expectTypeOf<[null, null, null, null]>().not.toExtend<RowInputOf<typeof schema>>();
  });

  it("reads every type, in any case and with blanks", () => {
    expectTypeOf<Decoded<"tinyint">>().toEqualTypeOf<number>();
    expectTypeOf<Decoded<"BIGINT">>().toEqualTypeOf<bigint>();
    expectTypeOf<Decoded<"double">>().toEqualTypeOf<number>();
    expectTypeOf<Decoded<"boolean">>().toEqualTypeOf<boolean>();
    expectTypeOf<Decoded<"varchar(20)">>().toEqualTypeOf<string>();
    expectTypeOf<Decoded<"binary">>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<Decoded<"decimal">>().toEqualTypeOf<string>();
    expectTypeOf<Decoded<"date">>().toEqualTypeOf<string>();
    expectTypeOf<Decoded<"datetime">>().toEqualTypeOf<Date>();
    expectTypeOf<Decoded<"timestamp_ntz">>().toEqualTypeOf<Timestamp>();
    expectTypeOf<Decoded<"interval_day_time">>().toEqualTypeOf<DayTimeInterval>();
    expectTypeOf<Decoded<"interval_year_month">>().toEqualTypeOf<number>();
    expectTypeOf<Decoded<"json">>().toEqualTypeOf<string>();
    expectTypeOf<Decoded<"vector(float, 3)">>().toEqualTypeOf<number[]>();
    expectTypeOf<Decoded<" array < array< decimal( 5 , 1 ) > > ">>().toEqualTypeOf<
      ((string | null)[] | null)[]
    >();
    expectTypeOf<Decoded<"map<char(3),map<int,boolean>>">>().toEqualTypeOf<
      [string | null, [number | null, boolean | null][] | null][]
    >();
    expectTypeOf<Decoded<"struct<a:struct<b:decimal(3,1),c:array<date>>,d:int>">>().toEqualTypeOf<{
      a: { b: string | null; c: (string | null)[] | null } | null;
      d: number | null;
    }>();
  });

  it("leaves values unknown whose type is not known or cannot be read", () => {
    expectTypeOf<Decoded<string>>().toBeUnknown();
    expectTypeOf<Decoded<"integer">>().toBeUnknown();
    expectTypeOf<Decoded<"array<int">>().toBeUnknown();
    expectTypeOf<RowOf<readonly ColumnSpec[]>>().toEqualTypeOf<Row>();
    expectTypeOf<RowInputOf<readonly ColumnSpec[]>>().toEqualTypeOf<RowInput>();
  });
});
