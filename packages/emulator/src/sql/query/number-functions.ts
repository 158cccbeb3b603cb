import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { anyNumber, argument, type FunctionCall, type FunctionRule } from "./function-rule.ts";
import {
  agreedType,
  asDouble,
  bigint,
  boolean,
  double,
  familyOf,
  int,
  string,
  type TypedSql,
  typed,
} from "./typed-sql.ts";

/** Functions of numbers. */
export const numberFunctions: ReadonlyMap<string, FunctionRule> = new Map<string, FunctionRule>([
  ["abs", keeping("abs")],
  ["bin", { arity: [1, 1], write: (call) => typed(`bin(CAST(${argument(call, 0).sql} AS BIGINT))`, string) }],
  ["ceil", { arity: [1, 1], write: (call) => whole("ceil", call) }],
  ["e", { arity: [0, 0], write: () => typed("exp(1)", double) }],
  [
    "factorial",
    { arity: [1, 1], write: (call) => typed(`CAST(factorial(${argument(call, 0).sql}) AS BIGINT)`, bigint) },
  ],
  ["floor", { arity: [1, 1], write: (call) => whole("floor", call) }],
  ["greatest", { arity: [1, anyNumber], write: (call) => extreme("greatest", call) }],
  ["isnan", { arity: [1, 1], write: (call) => typed(`isnan(${asDouble(argument(call, 0)).sql})`, boolean) }],
  ["least", { arity: [1, anyNumber], write: (call) => extreme("least", call) }],
  ["mod", { arity: [2, 2], write: modulo }],
  [
    "negative",
    { arity: [1, 1], write: (call) => typed(`(- ${argument(call, 0).sql})`, argument(call, 0).type) },
  ],
  ["pi", { arity: [0, 0], write: () => typed("pi()", double) }],
  ["pmod", { arity: [2, 2], write: positiveModulo }],
  ["rand", { arity: [0, 1], write: () => typed("random()", double) }],
  ["round", { arity: [1, 2], write: (call) => cut("round", call) }],
  ["shiftleft", { arity: [2, 2], write: (call) => typed(shift(call, "<<"), argument(call, 0).type) }],
  ["shiftright", { arity: [2, 2], write: (call) => typed(shift(call, ">>"), argument(call, 0).type) }],
  [
    "sign",
    {
      arity: [1, 1],
      write: (call) => typed(`CAST(sign(${numeric(argument(call, 0)).sql}) AS INTEGER)`, int),
    },
  ],
  ["trunc", { arity: [1, 2], write: (call) => cut("trunc", call) }],
  ..."acos asin atan atan2 cbrt cos cosh cot degrees exp ln log10 log2 pow radians sin sinh sqrt tan tanh"
    .split(" ")
    .map((name): [string, FunctionRule] => [name, floating(name)]),
  ["log", { arity: [1, 2], write: logarithm }],
]);

/** A function of DOUBLEs; outside its domain the result is NULL, not an error. */
function floating(name: string): FunctionRule {
  const count = name === "atan2" || name === "pow" ? 2 : 1;
  return {
    arity: [count, count],
    write: (call) =>
      typed(`TRY(${name}(${call.arguments.map((value) => asDouble(value).sql).join(", ")}))`, double),
  };
}

function keeping(name: string): FunctionRule {
  return {
    arity: [1, 1],
    write: (call) => {
      const value = numeric(argument(call, 0));
      return typed(`${name}(${value.sql})`, value.type);
    },
  };
}

/** CEIL and FLOOR give a BIGINT, of a DECIMAL a DECIMAL. */
function whole(name: string, call: FunctionCall): TypedSql {
  const value = numeric(argument(call, 0));
  return familyOf(value) === "decimal"
    ? { sql: `${name}(${value.sql})` }
    : typed(`CAST(${name}(${value.sql}) AS BIGINT)`, bigint);
}

function cut(name: string, call: FunctionCall): TypedSql {
  const value = numeric(argument(call, 0));
  const type = familyOf(value) === "decimal" ? undefined : double;
  const of = type === undefined ? value.sql : asDouble(value).sql;
  const digits = call.arguments[1];
  if (digits === undefined) {
    return typed(`${name}(${of})`, type);
  }
  if (name === "round" || familyOf(value) === "decimal") {
    return typed(`${name}(${of}, CAST(${digits.sql} AS INTEGER))`, type);
  }
  const factor = `pow(10, ${digits.sql})`;
  return typed(`(trunc(${of} * ${factor}) / ${factor})`, double);
}

/** NULL as soon as one argument is NULL. */
function extreme(name: string, call: FunctionCall): TypedSql {
  const values = call.arguments.map(({ sql }) => sql);
  const anyNull = values.map((sql) => `${sql} IS NULL`).join(" OR ");
  return typed(
    `CASE WHEN ${anyNull} THEN NULL ELSE ${name}(${values.join(", ")}) END`,
    argument(call, 0).type,
  );
}

function modulo(call: FunctionCall): TypedSql {
  const [value, divisor] = [numeric(argument(call, 0)), numeric(argument(call, 1))];
  return typed(`(${value.sql} % nullif(${divisor.sql}, 0))`, remainderType(value, divisor));
}

function positiveModulo(call: FunctionCall): TypedSql {
  const [value, divisor] = [numeric(argument(call, 0)), numeric(argument(call, 1))];
  const by = `nullif(${divisor.sql}, 0)`;
  return typed(`(((${value.sql} % ${by}) + ${by}) % ${by})`, remainderType(value, divisor));
}

/** Known where both sides are of one type that has no precision. */
function remainderType(value: TypedSql, divisor: TypedSql): ColumnType | undefined {
  return familyOf(value) === "decimal" ? undefined : agreedType([value, divisor]);
}

function shift(call: FunctionCall, operator: string): string {
  return `(${argument(call, 0).sql} ${operator} CAST(${argument(call, 1).sql} AS INTEGER))`;
}

/** LOG(base, x), and LOG(x) to the base of e. */
function logarithm(call: FunctionCall): TypedSql {
  const [first, second] = [asDouble(argument(call, 0)).sql, asDouble(argument(call, 1)).sql];
  return typed(
    call.arguments.length === 1 ? `TRY(ln(${first}))` : `TRY(ln(${second}) / ln(${first}))`,
    double,
  );
}

function numeric(value: TypedSql): TypedSql {
  return familyOf(value) === "string" ? asDouble(value) : value;
}
