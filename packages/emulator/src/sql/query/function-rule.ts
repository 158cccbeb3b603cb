import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import type { Expression, Place } from "./query.ts";
import { contradiction, notSupported } from "./translation.ts";
import { asText, string, type TypedSql, typed } from "./typed-sql.ts";

/** A call as the rules see it. */
export interface FunctionCall {
  readonly name: string;
  readonly arguments: readonly TypedSql[];
  /** The arguments as they were read, for rules that need a constant. */
  readonly expressions: readonly Expression[];
  readonly place: Place;
  /** The moment that GETDATE and its like tell. */
  readonly now: Date;
}

/** How a function of the dialect is written for DuckDB. */
export interface FunctionRule {
  /** Fewest and most arguments. */
  readonly arity: readonly [least: number, most: number];
  readonly write: (call: FunctionCall) => TypedSql;
}

/** The argument at that place; NULL where the call has fewer. */
export function argument(call: FunctionCall, index: number): TypedSql {
  return call.arguments[index] ?? { sql: "NULL" };
}

/** The argument at that place, as text. */
export function textArgument(call: FunctionCall, index: number): string {
  return asText(argument(call, index)).sql;
}

/** The constant text at that place; undefined where the call has fewer arguments. */
export function constantText(call: FunctionCall, index: number): string | undefined {
  const expression = call.expressions[index];
  if (expression === undefined) {
    return undefined;
  }
  if (expression.kind !== "string") {
    throw notSupported(`${call.name} with an argument ${index + 1} that is not a constant text`, call.place);
  }
  return expression.text;
}

/** A function that DuckDB has too, with the same arguments. */
export function same(
  name: string,
  arity: readonly [number, number],
  type?: ColumnType | "first",
): FunctionRule {
  return {
    arity,
    write: (call) =>
      typed(
        `${name}(${call.arguments.map(({ sql }) => sql).join(", ")})`,
        type === "first" ? argument(call, 0).type : type,
      ),
  };
}

/** A function of texts that DuckDB has too. */
export function sameText(
  name: string,
  arity: readonly [number, number],
  type: ColumnType = string,
): FunctionRule {
  return {
    arity,
    write: (call) => typed(`${name}(${call.arguments.map((value) => asText(value).sql).join(", ")})`, type),
  };
}

/** Refuses a call with too few or too many arguments. */
export function checkArity(
  { name, arguments: given, place }: FunctionCall,
  { arity }: Pick<FunctionRule, "arity">,
): void {
  const [least, most] = arity;
  if (given.length < least || given.length > most) {
    const expected =
      most === least ? `${least}` : most === anyNumber ? `at least ${least}` : `${least} to ${most}`;
    throw contradiction(`function ${name} needs ${expected} arguments, got ${given.length}`, place);
  }
}

/** No upper bound. */
export const anyNumber: number = Number.POSITIVE_INFINITY;
