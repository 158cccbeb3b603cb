import { type AggregateCall, type AggregateRule, aggregateFunctions } from "./aggregate-functions.ts";
import { checkArity, type FunctionCall, type FunctionRule } from "./function-rule.ts";
import { numberFunctions } from "./number-functions.ts";
import { otherFunctions } from "./other-functions.ts";
import type { CallExpression } from "./query.ts";
import type { Scope } from "./scope.ts";
import { textFunctions } from "./text-functions.ts";
import { timeFunctions } from "./time-functions.ts";
import { translateSortKeys, translateWindow } from "./translate-window.ts";
import { contradiction, type Translation } from "./translation.ts";
import { type TypedSql, typed } from "./typed-sql.ts";

/**
 * A call in DuckDB's terms.
 *
 * Only functions with a rule of ours are ever called: what DuckDB offers beyond them (files, settings) stays out of
 * reach.
 */
export function translateCall(call: CallExpression, scope: Scope, translation: Translation): TypedSql {
  const name = synonyms.get(call.name) ?? call.name;
  const aggregate = aggregateFunctions.get(name);
  if (aggregate !== undefined) {
    return translateAggregate(call, aggregate, scope, translation);
  }
  const rule = scalarRule(name);
  if (rule === undefined) {
    throw contradiction(`function or view '${call.name}' cannot be resolved`, call.place);
  }
  if (
    call.star ||
    call.distinct ||
    call.over !== undefined ||
    call.filter !== undefined ||
    call.withinGroup.length > 0
  ) {
    throw contradiction(`function ${call.name} is no aggregate`, call.place);
  }
  const plain = functionCall(call, scope, translation);
  checkArity(plain, rule);
  return rule.write(plain);
}

function translateAggregate(
  call: CallExpression,
  rule: AggregateRule,
  scope: Scope,
  translation: Translation,
): TypedSql {
  if (rule.windowOnly && call.over === undefined) {
    throw contradiction(`function ${call.name} needs OVER`, call.place);
  }
  if (call.star && call.name !== "count") {
    throw contradiction(`function ${call.name} does not take *`, call.place);
  }
  const keys = translateSortKeys(call.withinGroup, scope, translation);
  const input: AggregateCall = {
    ...functionCall(call, scope, translation),
    star: call.star,
    distinct: call.distinct ? "DISTINCT " : "",
    orderBy: keys === "" ? "" : ` ORDER BY ${keys}`,
  };
  checkArity(input, rule);
  const { sql, type, castTo, whenEmpty, filter } = rule.write(input);
  const asked = call.filter === undefined ? undefined : translation.expression(call.filter, scope).sql;
  const conditions = [filter, asked].filter((condition) => condition !== undefined);
  const filtered = conditions.length === 0 ? sql : `${sql} FILTER (WHERE ${conditions.join(" AND ")})`;
  const whole =
    call.over === undefined ? filtered : `${filtered} OVER ${translateWindow(call.over, scope, translation)}`;
  const filled = whenEmpty === undefined ? whole : `coalesce(${whole}, ${whenEmpty})`;
  return typed(castTo === undefined ? filled : `CAST(${filled} AS ${castTo})`, type);
}

function functionCall(call: CallExpression, scope: Scope, translation: Translation): FunctionCall {
  return {
    name: call.name,
    arguments: call.arguments.map((value) => translation.expression(value, scope)),
    expressions: call.arguments,
    place: call.place,
    now: translation.options.now,
  };
}

function scalarRule(name: string): FunctionRule | undefined {
  return (
    textFunctions.get(name) ??
    timeFunctions.get(name) ??
    numberFunctions.get(name) ??
    otherFunctions.get(name)
  );
}

const synonyms: ReadonlyMap<string, string> = new Map([
  ["ceiling", "ceil"],
  ["char_length", "length"],
  ["dayofmonth", "day"],
  ["lastday", "last_day"],
  ["power", "pow"],
  ["sha", "sha1"],
  ["stddev_pop", "stddev"],
  ["substring", "substr"],
  ["to_base64", "base64"],
  ["tolower", "lower"],
  ["toupper", "upper"],
  ["var_pop", "variance"],
]);
