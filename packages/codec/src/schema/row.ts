import type { DayTimeInterval, Timestamp } from "./instant.ts";
import type { ColumnSpec } from "./table-schema.ts";

/** A decoded row whose columns are not known when the program is written. */
export type Row = Readonly<Record<string, unknown>>;

/** What encoding accepts as a row: an object by column name (in any case), or the values in schema order. */
export type RowInput = Row | readonly unknown[];

/** The decoded row of a schema literal; a nullable column may be `null`. */
export type RowOf<S extends readonly ColumnSpec[]> = readonly ColumnSpec[] extends S
  ? Row
  : Flat<{ readonly [C in S[number] as C["name"]]: Decoded<C["type"]> | NullOf<C> }>;

/** What encoding accepts for a schema literal: an object, or the values in schema order. */
export type RowInputOf<S extends readonly ColumnSpec[]> = readonly ColumnSpec[] extends S
  ? RowInput
  :
      | Flat<
          {
            readonly [C in S[number] as C["nullable"] extends false ? C["name"] : never]: Encodable<
              C["type"]
            >;
          } & {
            readonly [C in S[number] as C["nullable"] extends false ? never : C["name"]]?:
              | Encodable<C["type"]>
              | null
              | undefined;
          }
        >
      | { readonly [I in keyof S]: Encodable<S[I]["type"]> | NullInputOf<S[I]> };

/** The decoded value of a type literal, for example `bigint` for `"bigint"` and `string[]` for `"array<string>"`. */
export type Decoded<T extends string> = string extends T ? unknown : DecodedOf<TypeTree<T>>;

/** What encoding accepts for a type literal. */
export type Encodable<T extends string> = string extends T ? unknown : EncodableOf<TypeTree<T>>;

type NullOf<C extends ColumnSpec> = C["nullable"] extends false ? never : null;
type NullInputOf<C extends ColumnSpec> = C["nullable"] extends false ? never : null | undefined;
type Flat<T> = { [K in keyof T]: T[K] };

type Json = string | number | boolean | { readonly [key: string]: unknown } | readonly unknown[];

type DecodedOf<T> = T extends { kind: "array"; element: infer E }
  ? (DecodedOf<E> | null)[]
  : T extends { kind: "map"; key: infer K; value: infer V }
    ? [DecodedOf<K> | null, DecodedOf<V> | null][]
    : T extends { kind: "struct"; fields: infer F }
      ? { [N in keyof F]: DecodedOf<F[N]> | null }
      : T extends { kind: infer K extends keyof DecodedByKind }
        ? DecodedByKind[K]
        : unknown;

type EncodableOf<T> = T extends { kind: "array"; element: infer E }
  ? readonly (EncodableOf<E> | null | undefined)[]
  : T extends { kind: "map"; key: infer K; value: infer V }
    ?
        | readonly (readonly [EncodableOf<K> | null | undefined, EncodableOf<V> | null | undefined])[]
        | ReadonlyMap<EncodableOf<K> | null | undefined, EncodableOf<V> | null | undefined>
        | (string extends EncodableOf<K>
            ? { readonly [key: string]: EncodableOf<V> | null | undefined }
            : never)
    : T extends { kind: "struct"; fields: infer F }
      ? { readonly [N in keyof F]?: EncodableOf<F[N]> | null | undefined } | readonly unknown[]
      : T extends { kind: infer K extends keyof EncodableByKind }
        ? EncodableByKind[K]
        : unknown;

interface DecodedByKind {
  tinyint: number;
  smallint: number;
  int: number;
  bigint: bigint;
  float: number;
  double: number;
  boolean: boolean;
  string: string;
  char: string;
  varchar: string;
  binary: Uint8Array;
  geography: Uint8Array;
  decimal: string;
  date: string;
  datetime: Date;
  timestamp: Timestamp;
  timestamp_ntz: Timestamp;
  interval_day_time: DayTimeInterval;
  interval_year_month: number;
  json: string;
  vector: number[];
}

interface EncodableByKind {
  tinyint: number | bigint;
  smallint: number | bigint;
  int: number | bigint;
  bigint: bigint | number;
  float: number;
  double: number;
  boolean: boolean;
  string: string | Uint8Array;
  char: string | Uint8Array;
  varchar: string | Uint8Array;
  binary: Uint8Array;
  geography: Uint8Array;
  decimal: string | bigint | number;
  date: string | Date;
  datetime: Date | string | bigint | number;
  timestamp: Timestamp | Date | string;
  timestamp_ntz: Timestamp | string;
  interval_day_time: DayTimeInterval;
  interval_year_month: number;
  json: Json;
  vector: Float32Array | Float64Array | readonly number[];
}

// ---- reading a type literal ------------------------------------------------------------------------------------

/** The tree of a type literal; `{ kind: "unknown" }` where it cannot be read. */
type TypeTree<T extends string> =
  ReadType<T> extends [infer Tree, infer Rest extends string]
    ? SkipBlanks<Rest> extends ""
      ? Tree
      : { kind: "unknown" }
    : { kind: "unknown" };

type Blank = " " | "\n" | "\t" | "\r";
type SkipBlanks<T extends string> = T extends `${Blank}${infer Rest}` ? SkipBlanks<Rest> : T;
type TrimEnd<T extends string> = T extends `${infer Rest}${Blank}` ? TrimEnd<Rest> : T;
type Mark = "<" | ">" | "(" | ")" | "," | ":";

/** `[word, rest]`, where rest begins with a mark or is empty. */
type ReadWord<T extends string, Word extends string = ""> = T extends `${infer C}${infer Rest}`
  ? C extends Mark
    ? [TrimEnd<Word>, T]
    : ReadWord<Rest, `${Word}${C}`>
  : [TrimEnd<Word>, ""];

type ReadType<T extends string> =
  ReadWord<SkipBlanks<T>> extends [infer W extends string, infer Rest extends string]
    ? ReadNamed<Lowercase<W>, Rest>
    : never;

type ReadNamed<W extends string, Rest extends string> = W extends "array"
  ? ReadArray<Rest>
  : W extends "map"
    ? ReadMap<Rest>
    : W extends "struct"
      ? Rest extends `<${infer Inner}`
        ? ReadFields<Inner, unknown>
        : never
      : Rest extends `(${string})${infer After}`
        ? [{ kind: W }, SkipBlanks<After>]
        : [{ kind: W }, Rest];

type ReadArray<T extends string> = T extends `<${infer Inner}`
  ? ReadType<Inner> extends [infer E, infer Rest extends string]
    ? SkipBlanks<Rest> extends `>${infer After}`
      ? [{ kind: "array"; element: E }, SkipBlanks<After>]
      : never
    : never
  : never;

type ReadMap<T extends string> = T extends `<${infer Inner}`
  ? ReadType<Inner> extends [infer K, infer Rest extends string]
    ? SkipBlanks<Rest> extends `,${infer AfterKey}`
      ? ReadType<AfterKey> extends [infer V, infer RestOfValue extends string]
        ? SkipBlanks<RestOfValue> extends `>${infer After}`
          ? [{ kind: "map"; key: K; value: V }, SkipBlanks<After>]
          : never
        : never
      : never
    : never
  : never;

type ReadFields<T extends string, Fields> =
  ReadFieldName<SkipBlanks<T>> extends [infer Name extends string, infer Rest extends string]
    ? ReadType<Rest> extends [infer Type, infer After extends string]
      ? SkipBlanks<After> extends `,${infer More}`
        ? ReadFields<More, Fields & { [N in Name]: Type }>
        : SkipBlanks<After> extends `>${infer Behind}`
          ? [{ kind: "struct"; fields: Flat<Fields & { [N in Name]: Type }> }, SkipBlanks<Behind>]
          : never
      : never
    : never;

/** `[name, rest behind the colon]`. */
type ReadFieldName<T extends string> = T extends `\`${infer Name}\`${infer Rest}`
  ? SkipBlanks<Rest> extends `:${infer After}`
    ? [Name, After]
    : never
  : T extends `${infer Name}:${infer After}`
    ? [TrimEnd<Name>, After]
    : never;
