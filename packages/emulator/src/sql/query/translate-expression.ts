import { duckString } from "./duckdb-text.ts";
import type { Expression } from "./query.ts";
import { fieldOf, resolveColumn, type Scope } from "./scope.ts";
import { translateCall } from "./translate-call.ts";
import { translateCast } from "./translate-cast.ts";
import { translateChain } from "./translate-chain.ts";
import { translateInterval, translateLiteral } from "./translate-literal.ts";
import { contradiction, type Translation } from "./translation.ts";
import { agreedType, boolean, comparable, familyOf, type TypedSql, typed } from "./typed-sql.ts";

/** An expression in DuckDB's terms, in parentheses where it is not closed in itself. */
export function translateExpression(
  expression: Expression,
  scope: Scope,
  translation: Translation,
): TypedSql {
  const translate = (inner: Expression): TypedSql => translation.expression(inner, scope);
  switch (expression.kind) {
    case "number":
    case "string":
    case "boolean":
    case "null":
    case "typed":
      return translateLiteral(expression);
    case "interval":
      return translateInterval(expression, translate(expression.amount));
    case "column":
      return translateColumn(expression, scope);
    case "call":
      return translateCall(expression, scope, translation);
    case "unary":
      return translateUnary(expression.operator, translate(expression.operand));
    case "chain":
      return translateChain(expression, translate);
    case "cast":
      return translateCast(translate(expression.operand), expression.type, expression.place);
    case "between": {
      const [operand, low] = comparable(translate(expression.operand), translate(expression.low));
      const [, high] = comparable(operand, translate(expression.high));
      return test(`${operand.sql} ${not(expression.negated)}BETWEEN ${low.sql} AND ${high.sql}`);
    }
    case "in": {
      const list = expression.list.map(translate);
      const widest = list.find((item) => familyOf(item) !== "string") ?? list[0] ?? { sql: "NULL" };
      const [operand] = comparable(translate(expression.operand), widest);
      const items = list.map((item) => comparable(operand, item)[1].sql);
      return test(`${operand.sql} ${not(expression.negated)}IN (${items.join(", ")})`);
    }
    case "in-query": {
      const { sql } = translation.query(expression.query, scope, translation.commonTables);
      return test(`${translate(expression.operand).sql} ${not(expression.negated)}IN (${sql})`);
    }
    case "exists":
      return test(`EXISTS (${translation.query(expression.query, scope, translation.commonTables).sql})`);
    case "query": {
      const { sql, columns } = translation.query(expression.query, scope, translation.commonTables);
      return typed(`(${sql})`, columns[0]?.type);
    }
    case "is":
      return test(`${translate(expression.operand).sql} IS ${not(expression.negated)}${expression.what}`);
    case "match":
      return translateMatch(expression, translate);
    case "case":
      return translateCase(expression, translate);
    case "index":
      return translateIndex(translate(expression.operand), translate(expression.index));
    case "field":
      return fieldOf(translate(expression.operand), expression.name);
  }
}

function translateColumn({ parts, place }: Extract<Expression, { kind: "column" }>, scope: Scope): TypedSql {
  const found = resolveColumn(parts, scope);
  if (typeof found !== "string") {
    return found;
  }
  const name = parts.join(".");
  throw contradiction(
    found === "unknown" ? `column ${name} cannot be resolved` : `column ${name} is ambiguous`,
    place,
  );
}

function translateUnary(operator: "-" | "+" | "~" | "NOT", operand: TypedSql): TypedSql {
  return operator === "NOT"
    ? typed(`(NOT ${operand.sql})`, boolean)
    : typed(`(${operator} ${operand.sql})`, familyOf(operand) === "string" ? undefined : operand.type);
}

function translateMatch(
  { operator, operand, pattern, escape: escapeWith, negated }: Extract<Expression, { kind: "match" }>,
  translate: (inner: Expression) => TypedSql,
): TypedSql {
  const [text, like] = [translate(operand).sql, translate(pattern).sql];
  return operator === "RLIKE"
    ? test(`${not(negated)}regexp_matches(${text}, ${like})`)
    : test(`${text} ${not(negated)}LIKE ${like} ESCAPE ${duckString(escapeWith ?? "\\")}`);
}

function translateCase(
  { operand, branches, otherwise }: Extract<Expression, { kind: "case" }>,
  translate: (inner: Expression) => TypedSql,
): TypedSql {
  const results = branches.map(({ result }) => translate(result));
  const last = otherwise === undefined ? undefined : translate(otherwise);
  const whens = branches.map(
    ({ when }, index) => `WHEN ${translate(when).sql} THEN ${results[index]?.sql ?? "NULL"}`,
  );
  const head = operand === undefined ? "CASE" : `CASE ${translate(operand).sql}`;
  const tail = last === undefined ? "END" : `ELSE ${last.sql} END`;
  return typed(
    `(${head} ${whens.join(" ")} ${tail})`,
    agreedType(last === undefined ? results : [...results, last]),
  );
}

/** Arrays count from 0 here and from 1 in DuckDB; maps are asked by key. */
function translateIndex(operand: TypedSql, index: TypedSql): TypedSql {
  if (operand.type?.kind === "map" || (operand.type === undefined && familyOf(index) === "string")) {
    return typed(
      `(${operand.sql})[${index.sql}]`,
      operand.type?.kind === "map" ? operand.type.value : undefined,
    );
  }
  const element = operand.type?.kind === "array" ? operand.type.element : undefined;
  return typed(
    `list_extract(${operand.sql}, CASE WHEN ${index.sql} >= 0 THEN ${index.sql} + 1 END)`,
    element,
  );
}

function test(sql: string): TypedSql {
  return typed(`(${sql})`, boolean);
}

function not(negated: boolean): string {
  return negated ? "NOT " : "";
}
