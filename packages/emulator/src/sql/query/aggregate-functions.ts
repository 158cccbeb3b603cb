import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { anyNumber, argument, type FunctionCall } from "./function-rule.ts";
import { asDouble, asText, bigint, double, familyOf, string, type TypedSql, typed } from "./typed-sql.ts";

/** A call of an aggregate or window function, with what stands inside its parentheses. */
export interface AggregateCall extends FunctionCall {
  readonly star: boolean;
  /** `DISTINCT ` or nothing. */
  readonly distinct: string;
  /** ` ORDER BY …` of WITHIN GROUP, or nothing. */
  readonly orderBy: string;
}

/** How an aggregate is written: the call itself, to which FILTER and OVER are added, and what goes around it. */
export interface AggregateSql {
  readonly sql: string;
  readonly type?: ColumnType;
  /** DuckDB type to cast the result to. @default none */
  readonly castTo?: string;
  /** What stands for the result where there is no row. @default NULL */
  readonly whenEmpty?: string;
  /** Condition on the rows that the call itself needs. @default none */
  readonly filter?: string;
}

/** How one aggregate or window function of the dialect is written for DuckDB. */
export interface AggregateRule {
  /** Fewest and most arguments. */
  readonly arity: readonly [least: number, most: number];
  /** True where only OVER makes sense of it. */
  readonly windowOnly: boolean;
  readonly write: (call: AggregateCall) => AggregateSql;
}

/** Aggregates and window functions. */
export const aggregateFunctions: ReadonlyMap<string, AggregateRule> = new Map<string, AggregateRule>([
  ["any_value", aggregate([1, 1], plain("any_value", "first"))],
  [
    "approx_distinct",
    aggregate([1, 1], (call) => ({ ...plain("approx_count_distinct", bigint)(call), castTo: "BIGINT" })),
  ],
  [
    "arg_max",
    aggregate([2, 2], (call) =>
      typed(`arg_max(${argument(call, 1).sql}, ${argument(call, 0).sql})`, argument(call, 1).type),
    ),
  ],
  [
    "arg_min",
    aggregate([2, 2], (call) =>
      typed(`arg_min(${argument(call, 1).sql}, ${argument(call, 0).sql})`, argument(call, 1).type),
    ),
  ],
  ["avg", aggregate([1, 1], average)],
  ["collect_list", aggregate([1, 1], collect)],
  ["collect_set", aggregate([1, 1], (call) => collect({ ...call, distinct: "DISTINCT " }))],
  ["corr", aggregate([2, 2], plain("corr", double))],
  ["count", aggregate([0, anyNumber], count)],
  ["count_if", aggregate([1, 1], (call) => ({ ...plain("count_if", bigint)(call), castTo: "BIGINT" }))],
  ["covar_pop", aggregate([2, 2], plain("covar_pop", double))],
  ["covar_samp", aggregate([2, 2], plain("covar_samp", double))],
  [
    "grouping",
    aggregate([1, anyNumber], (call) => ({ ...plain("grouping", bigint)(call), castTo: "BIGINT" })),
  ],
  ["max", aggregate([1, 1], plain("max", "first"))],
  ["max_by", aggregate([2, 2], plain("max_by", "first"))],
  ["median", aggregate([1, 1], (call) => typed(`median(${asDouble(argument(call, 0)).sql})`, double))],
  ["min", aggregate([1, 1], plain("min", "first"))],
  ["min_by", aggregate([2, 2], plain("min_by", "first"))],
  [
    "percentile",
    aggregate([2, 2], (call) =>
      typed(
        `quantile_cont(${asDouble(argument(call, 0)).sql}, CAST(${argument(call, 1).sql} AS DOUBLE))`,
        double,
      ),
    ),
  ],
  [
    "percentile_approx",
    aggregate([2, 3], (call) =>
      typed(
        `approx_quantile(${asDouble(argument(call, 0)).sql}, CAST(${argument(call, 1).sql} AS FLOAT))`,
        double,
      ),
    ),
  ],
  ["stddev", aggregate([1, 1], spread("stddev_pop"))],
  ["stddev_samp", aggregate([1, 1], spread("stddev_samp"))],
  ["sum", aggregate([1, 1], sum)],
  ["var_samp", aggregate([1, 1], spread("var_samp"))],
  ["variance", aggregate([1, 1], spread("var_pop"))],
  ["wm_concat", aggregate([2, 2], concatenate)],
  ["cume_dist", windowed([0, 0], plain("cume_dist", double))],
  ["dense_rank", windowed([0, 0], plain("dense_rank", bigint))],
  ["first_value", windowed([1, 1], plain("first_value", "first"))],
  ["lag", windowed([1, 3], plain("lag", "first"))],
  ["last_value", windowed([1, 1], plain("last_value", "first"))],
  ["lead", windowed([1, 3], plain("lead", "first"))],
  ["nth_value", windowed([2, 2], plain("nth_value", "first"))],
  ["ntile", windowed([1, 1], plain("ntile", bigint))],
  ["percent_rank", windowed([0, 0], plain("percent_rank", double))],
  ["rank", windowed([0, 0], plain("rank", bigint))],
  ["row_number", windowed([0, 0], plain("row_number", bigint))],
]);

function aggregate(arity: AggregateRule["arity"], write: AggregateRule["write"]): AggregateRule {
  return { arity, windowOnly: false, write };
}

function windowed(arity: AggregateRule["arity"], write: AggregateRule["write"]): AggregateRule {
  return { arity, windowOnly: true, write };
}

function plain(name: string, type: ColumnType | "first"): AggregateRule["write"] {
  return (call) => {
    const list = call.arguments.map(({ sql }) => sql).join(", ");
    return typed(
      `${name}(${call.distinct}${list}${call.orderBy})`,
      type === "first" ? argument(call, 0).type : type,
    );
  };
}

function spread(name: string): AggregateRule["write"] {
  return (call) => typed(`${name}(${call.distinct}${asDouble(argument(call, 0)).sql})`, double);
}

/** COUNT(DISTINCT a, b) counts the pairs without a NULL. */
function count(call: AggregateCall): AggregateSql {
  const values = call.arguments.map(({ sql }) => sql);
  if (call.star || values.length === 0) return typed("count(*)", bigint);
  if (values.length === 1) return typed(`count(${call.distinct}${values[0] ?? ""})`, bigint);
  const whole = values.map((sql) => `${sql} IS NOT NULL`).join(" AND ");
  return typed(`count(${call.distinct}CASE WHEN ${whole} THEN row(${values.join(", ")}) END)`, bigint);
}

/** The sum of integers is a BIGINT, of text a DOUBLE. */
function sum(call: AggregateCall): AggregateSql {
  const value = argument(call, 0);
  const family = familyOf(value);
  const of = family === "string" ? asDouble(value) : value;
  const sql = `sum(${call.distinct}${of.sql})`;
  return family === "integer"
    ? { sql, type: bigint, castTo: "BIGINT" }
    : typed(sql, family === "string" || family === "float" ? double : undefined);
}

function average(call: AggregateCall): AggregateSql {
  const value = argument(call, 0);
  return typed(
    `avg(${call.distinct}${familyOf(value) === "string" ? asDouble(value).sql : value.sql})`,
    double,
  );
}

/** Without the NULLs; of nothing, an empty array. */
function collect(call: AggregateCall): AggregateSql {
  const value: TypedSql = argument(call, 0);
  return {
    ...typed(
      `list(${call.distinct}${value.sql}${call.orderBy})`,
      value.type && { kind: "array", element: value.type },
    ),
    filter: `${value.sql} IS NOT NULL`,
    whenEmpty: "[]",
  };
}

function concatenate(call: AggregateCall): AggregateSql {
  const [separator, value] = [asText(argument(call, 0)), asText(argument(call, 1))];
  return typed(`string_agg(${call.distinct}${value.sql}, ${separator.sql}${call.orderBy})`, string);
}
