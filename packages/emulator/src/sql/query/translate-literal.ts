import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { duckString } from "./duckdb-text.ts";
import { toDuckDbType } from "./duckdb-type.ts";
import type { IntervalLiteral, IntervalUnit, Literal } from "./query.ts";
import { contradiction } from "./translation.ts";
import { bigint, boolean, double, int, string, type TypedSql, typed } from "./typed-sql.ts";

/** A constant in DuckDB's terms. */
export function translateLiteral(literal: Literal): TypedSql {
  switch (literal.kind) {
    case "number":
      return translateNumber(literal.text);
    case "string":
      return typed(duckString(literal.text), string);
    case "boolean":
      return typed(literal.value ? "TRUE" : "FALSE", boolean);
    case "null":
      return { sql: "NULL" };
    case "typed":
      return translateTyped(literal);
  }
}

/** An interval in DuckDB's terms; its type tells years and months from days and seconds. */
export function translateInterval(literal: IntervalLiteral, amount: TypedSql): TypedSql {
  const { unit, to, place } = literal;
  const isYears = unit === "YEAR" || unit === "MONTH";
  const type: ColumnType = { kind: isYears ? "interval_year_month" : "interval_day_time" };
  if (to !== undefined) {
    const text = literal.amount.kind === "string" ? literal.amount.text : undefined;
    return typed(
      translateCompound(text ?? "", unit, to, () => contradiction(intervalProblem(literal), place)),
      type,
    );
  }
  if (literal.amount.kind === "string" && !/^\s*[+-]?\d+(\.\d+)?\s*$/.test(literal.amount.text)) {
    throw contradiction(intervalProblem(literal), place);
  }
  const count = literal.amount.kind === "string" ? literal.amount.text.trim() : amount.sql;
  return typed(
    unit === "SECOND"
      ? `to_microseconds(CAST(round((${count}) * 1000000) AS BIGINT))`
      : `(INTERVAL 1 ${unit} * CAST((${count}) AS INTEGER))`,
    type,
  );
}

function translateNumber(text: string): TypedSql {
  const [, digits = "", suffix = ""] = /^(.*?)(BD|[YSLFD])?$/i.exec(text) ?? [];
  const cast = suffixTypes.get(suffix.toUpperCase());
  if (cast !== undefined) {
    return typed(`CAST(${digits} AS ${toDuckDbType(cast)})`, cast);
  }
  if (suffix !== "") {
    return translateDecimal(digits);
  }
  if (!/^\d+$/.test(digits)) {
    return typed(`CAST(${digits} AS DOUBLE)`, double);
  }
  const value = BigInt(digits);
  if (value <= 2_147_483_647n) return typed(String(value), int);
  return value < 2n ** 63n ? typed(`CAST(${value} AS BIGINT)`, bigint) : { sql: String(value) };
}

/** As many digits as are written. */
function translateDecimal(digits: string): TypedSql {
  const [, whole = "", fraction = ""] = /^0*(\d*)\.?(\d*)$/.exec(digits) ?? [];
  const precision = Math.max(whole.length + fraction.length, 1);
  const type: ColumnType =
    precision <= 38 && !/e/i.test(digits)
      ? { kind: "decimal", precision, scale: fraction.length }
      : { kind: "decimal", precision: 38, scale: 18 };
  return typed(`CAST('${digits}' AS ${toDuckDbType(type)})`, type);
}

function translateTyped({ type, text, place }: Extract<Literal, { kind: "typed" }>): TypedSql {
  if (type === "binary") {
    return typed(`from_hex('${text}')`, { kind: "binary" });
  }
  const shape = shapes[type];
  if (shape !== undefined && !shape.test(text)) {
    throw contradiction(`expected the text of a ${type}, got '${text.slice(0, 40)}'`, place);
  }
  return typed(`CAST(${duckString(text)} AS ${toDuckDbType({ kind: type })})`, { kind: type });
}

/** `'1-2' YEAR TO MONTH`, `'1 02:03:04.5' DAY TO SECOND` and what lies between. */
function translateCompound(text: string, from: IntervalUnit, to: IntervalUnit, fail: () => Error): string {
  const trimmed = text.trim();
  const negative = trimmed.startsWith("-");
  const numbers = trimmed.replace(/^[+-]/, "").split(/[-\s:]+/);
  const units = order.slice(order.indexOf(from), order.indexOf(to) + 1);
  const sameFamily = (from === "YEAR") === (to === "MONTH");
  const wellFormed = numbers.every((number, index) =>
    (units[index] === "SECOND" ? /^\d+(\.\d{1,9})?$/ : /^\d+$/).test(number),
  );
  if (units.length < 2 || !sameFamily || numbers.length !== units.length || !wellFormed) {
    throw fail();
  }
  const parts = numbers.map((number, index) => `INTERVAL '${number}' ${units[index] ?? from}`);
  return `(${negative ? "-" : ""}(${parts.join(" + ")}))`;
}

function intervalProblem({ unit, to }: IntervalLiteral): string {
  return `expected the text of an interval of ${unit}${to === undefined ? "" : ` TO ${to}`}`;
}

const order: readonly IntervalUnit[] = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];

const moment = /^\s*\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?\s*$/;

const shapes: Readonly<Record<string, RegExp | undefined>> = {
  date: /^\s*\d{4}-\d{1,2}-\d{1,2}\s*$/,
  datetime: moment,
  timestamp: moment,
  timestamp_ntz: moment,
};

const suffixTypes: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ["Y", { kind: "tinyint" }],
  ["S", { kind: "smallint" }],
  ["L", { kind: "bigint" }],
  ["F", { kind: "float" }],
  ["D", { kind: "double" }],
]);
