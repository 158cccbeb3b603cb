import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { duckName } from "./duckdb-text.ts";
import {
  anyNumber,
  argument,
  constantText,
  type FunctionCall,
  type FunctionRule,
  same,
  textArgument,
} from "./function-rule.ts";
import { contradiction } from "./translation.ts";
import { agreedType, bigint, boolean, comparable, int, string, type TypedSql, typed } from "./typed-sql.ts";

/** Conditions, and functions of arrays, maps and structs. */
export const otherFunctions: ReadonlyMap<string, FunctionRule> = new Map<string, FunctionRule>([
  [
    "coalesce",
    { arity: [1, anyNumber], write: (call) => typed(`coalesce(${list(call)})`, agreedType(call.arguments)) },
  ],
  ["decode", { arity: [3, anyNumber], write: decode }],
  [
    "if",
    { arity: [3, 3], write: (call) => choose(argument(call, 0).sql, argument(call, 1), argument(call, 2)) },
  ],
  ["nullif", { arity: [2, 2], write: nullIf }],
  ["nvl", { arity: [2, 2], write: (call) => typed(`coalesce(${list(call)})`, agreedType(call.arguments)) }],
  [
    "nvl2",
    {
      arity: [3, 3],
      write: (call) => choose(`${argument(call, 0).sql} IS NOT NULL`, argument(call, 1), argument(call, 2)),
    },
  ],
  ["array", { arity: [0, anyNumber], write: array }],
  ["array_contains", same("list_contains", [2, 2], boolean)],
  ["array_distinct", same("list_distinct", [1, 1], "first")],
  [
    "array_join",
    {
      arity: [2, 2],
      write: (call) => typed(`array_to_string(${argument(call, 0).sql}, ${textArgument(call, 1)})`, string),
    },
  ],
  [
    "array_max",
    { arity: [1, 1], write: (call) => typed(`list_max(${argument(call, 0).sql})`, elementOf(call)) },
  ],
  [
    "array_min",
    { arity: [1, 1], write: (call) => typed(`list_min(${argument(call, 0).sql})`, elementOf(call)) },
  ],
  [
    "array_position",
    {
      arity: [2, 2],
      write: (call) => typed(`CAST(coalesce(list_position(${list(call)}), 0) AS BIGINT)`, bigint),
    },
  ],
  ["map", { arity: [2, anyNumber], write: map }],
  ["map_keys", { arity: [1, 1], write: (call) => mapPart("map_keys", call) }],
  ["map_values", { arity: [1, 1], write: (call) => mapPart("map_values", call) }],
  ["named_struct", { arity: [2, anyNumber], write: namedStruct }],
  [
    "sequence",
    {
      arity: [2, 3],
      write: (call) => typed(`generate_series(${list(call)})`, { kind: "array", element: bigint }),
    },
  ],
  ["size", { arity: [1, 1], write: size }],
  ["slice", { arity: [3, 3], write: slice }],
  [
    "sort_array",
    { arity: [1, 1], write: (call) => typed(`list_sort(${argument(call, 0).sql})`, argument(call, 0).type) },
  ],
  [
    "split",
    {
      arity: [2, 2],
      write: (call) =>
        typed(`string_split_regex(${textArgument(call, 0)}, ${textArgument(call, 1)})`, {
          kind: "array",
          element: string,
        }),
    },
  ],
  ["struct", { arity: [1, anyNumber], write: struct }],
]);

function list(call: FunctionCall): string {
  return call.arguments.map(({ sql }) => sql).join(", ");
}

function choose(condition: string, yes: TypedSql, no: TypedSql): TypedSql {
  return typed(`CASE WHEN ${condition} THEN ${yes.sql} ELSE ${no.sql} END`, agreedType([yes, no]));
}

/** DECODE(value, like, result, …[, otherwise]); NULL is like NULL. */
function decode(call: FunctionCall): TypedSql {
  const [value, ...rest] = call.arguments;
  const branches: string[] = [];
  const results: TypedSql[] = [];
  while (rest.length >= 2) {
    const [like, result] = rest.splice(0, 2);
    const [left, right] = comparable(value ?? { sql: "NULL" }, like ?? { sql: "NULL" });
    branches.push(`WHEN ${left.sql} IS NOT DISTINCT FROM ${right.sql} THEN ${result?.sql ?? "NULL"}`);
    results.push(result ?? { sql: "NULL" });
  }
  const otherwise = rest[0] ?? { sql: "NULL" };
  return typed(`CASE ${branches.join(" ")} ELSE ${otherwise.sql} END`, agreedType([...results, otherwise]));
}

function nullIf(call: FunctionCall): TypedSql {
  const [left, right] = comparable(argument(call, 0), argument(call, 1));
  return typed(
    `CASE WHEN ${left.sql} = ${right.sql} THEN NULL ELSE ${argument(call, 0).sql} END`,
    argument(call, 0).type,
  );
}

function array(call: FunctionCall): TypedSql {
  const element = agreedType(call.arguments);
  return typed(`[${list(call)}]`, element && { kind: "array", element });
}

function map(call: FunctionCall): TypedSql {
  if (call.arguments.length % 2 !== 0) {
    throw contradiction("function map needs a value for every key", call.place);
  }
  const keys = call.arguments.filter((_, index) => index % 2 === 0);
  const values = call.arguments.filter((_, index) => index % 2 === 1);
  const [key, value] = [agreedType(keys), agreedType(values)];
  const entries = keys.map(({ sql }, index) => `${sql}: ${values[index]?.sql ?? "NULL"}`);
  return typed(`MAP {${entries.join(", ")}}`, key && value && { kind: "map", key, value });
}

function mapPart(name: "map_keys" | "map_values", call: FunctionCall): TypedSql {
  const { type, sql } = argument(call, 0);
  const element = type?.kind === "map" ? (name === "map_keys" ? type.key : type.value) : undefined;
  return typed(`${name}(${sql})`, element && { kind: "array", element });
}

function namedStruct(call: FunctionCall): TypedSql {
  if (call.arguments.length % 2 !== 0) {
    throw contradiction("function named_struct needs a value for every name", call.place);
  }
  const names = call.arguments.flatMap((_, index) =>
    index % 2 === 0 ? [constantText(call, index) ?? ""] : [],
  );
  return structOf(
    names,
    call.arguments.filter((_, index) => index % 2 === 1),
  );
}

function struct(call: FunctionCall): TypedSql {
  return structOf(
    call.arguments.map((_, index) => `col${index + 1}`),
    call.arguments,
  );
}

function structOf(names: readonly string[], values: readonly TypedSql[]): TypedSql {
  const entries = names.map((name, index) => `${duckName(name)} := ${values[index]?.sql ?? "NULL"}`);
  const fields = names.flatMap((name, index) => {
    const type = values[index]?.type;
    return type === undefined ? [] : [{ name, type }];
  });
  return typed(
    `struct_pack(${entries.join(", ")})`,
    fields.length === names.length ? { kind: "struct", fields } : undefined,
  );
}

function size(call: FunctionCall): TypedSql {
  const { sql, type } = argument(call, 0);
  return typed(`CAST(${type?.kind === "map" ? "cardinality" : "len"}(${sql}) AS INTEGER)`, int);
}

/** From a place that counts from 1, or backwards from the end. */
function slice(call: FunctionCall): TypedSql {
  const [{ sql, type }, { sql: from }, { sql: count }] = [
    argument(call, 0),
    argument(call, 1),
    argument(call, 2),
  ];
  const start = `CASE WHEN ${from} < 0 THEN len(${sql}) + ${from} + 1 ELSE ${from} END`;
  return typed(`list_slice(${sql}, ${start}, ${start} + ${count} - 1)`, type);
}

function elementOf(call: FunctionCall): ColumnType | undefined {
  const { type } = argument(call, 0);
  return type?.kind === "array" ? type.element : undefined;
}
