import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import type { BinaryOperator, Expression } from "./query.ts";
import {
  asDouble,
  asText,
  bigint,
  boolean,
  comparable,
  date,
  double,
  familyOf,
  string,
  type TypedSql,
  timestamp,
  typed,
} from "./typed-sql.ts";

/** Operands joined by operators of one binding strength, left to right. */
export function translateChain(
  { first, rest }: Extract<Expression, { kind: "chain" }>,
  translate: (inner: Expression) => TypedSql,
): TypedSql {
  const operators = new Set(rest.map(({ operator }) => operator));
  const start = translate(first);
  const flat = flatOperators.find((operator) => operators.has(operator));
  if (flat !== undefined) {
    // Long conditions are flat in DuckDB too, so their length does not count as depth.
    const operands = [start, ...rest.map(({ operand }) => translate(operand))];
    const texts = flat === "||" ? operands.map(asText) : operands;
    return typed(`(${texts.map(({ sql }) => sql).join(` ${flat} `)})`, flat === "||" ? string : boolean);
  }
  return rest.reduce((left, { operator, operand }, index) => {
    const wholeDays = countsWholeDays(operand) || (index === 0 && countsWholeDays(first));
    return combine(left, operator, translate(operand), wholeDays);
  }, start);
}

function combine(left: TypedSql, operator: BinaryOperator, right: TypedSql, wholeDays: boolean): TypedSql {
  switch (operator) {
    case "=":
    case "<>":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "<=>": {
      const [a, b] = comparable(left, right);
      return typed(`(${a.sql} ${operator === "<=>" ? "IS NOT DISTINCT FROM" : operator} ${b.sql})`, boolean);
    }
    case "^":
      return typed(`xor(${left.sql}, ${right.sql})`, widest(left, right));
    case "|":
    case "&":
      return typed(`(${left.sql} ${operator} ${right.sql})`, widest(left, right));
    case "/":
      return divide(number(left), number(right));
    case "%":
      return typed(
        `(${number(left).sql} % nullif(${number(right).sql}, 0))`,
        widest(number(left), number(right)),
      );
    case "DIV":
      return typed(
        `(${number(left).sql} // nullif(${number(right).sql}, 0))`,
        widest(number(left), number(right)),
      );
    default:
      return arithmetic(number(left), operator, number(right), wholeDays);
  }
}

function divide(left: TypedSql, right: TypedSql): TypedSql {
  const sql = `(${left.sql} / nullif(${right.sql}, 0))`;
  const isDouble = [left, right].every((side) => ["integer", "float"].includes(familyOf(side)));
  return typed(sql, isDouble ? double : undefined);
}

function arithmetic(left: TypedSql, operator: BinaryOperator, right: TypedSql, wholeDays: boolean): TypedSql {
  const sql = `(${left.sql} ${operator} ${right.sql})`;
  const [moment, interval] = isInterval(right) ? [left, right] : [right, left];
  if (!isInterval(interval) || familyOf(moment) !== "time") {
    return typed(sql, widest(left, right));
  }
  switch (moment.type?.kind) {
    case "date":
      // A date stays one unless less than a day is added.
      return wholeDays || interval.type?.kind === "interval_year_month"
        ? typed(`CAST(${sql} AS DATE)`, date)
        : typed(sql, { kind: "datetime" });
    case "timestamp":
    case "timestamp_ntz":
      return typed(`CAST(${sql} AS TIMESTAMP_NS)`, moment.type ?? timestamp);
    default:
      return typed(sql, moment.type);
  }
}

/** Text beside an arithmetic operator is read as a number. */
function number(value: TypedSql): TypedSql {
  return familyOf(value) === "string" ? asDouble(value) : value;
}

function countsWholeDays(expression: Expression): boolean {
  return expression.kind === "interval" && expression.unit === "DAY" && expression.to === undefined;
}

function isInterval({ type }: TypedSql): boolean {
  return type?.kind === "interval_day_time" || type?.kind === "interval_year_month";
}

function widest(left: TypedSql, right: TypedSql): ColumnType | undefined {
  const [a, b] = [familyOf(left), familyOf(right)];
  if (a === "integer" && b === "integer") {
    const rank = (side: TypedSql): number => integers.indexOf(side.type?.kind ?? "");
    return (rank(left) >= rank(right) ? left : right).type ?? bigint;
  }
  return a === "float" || b === "float"
    ? a === "unknown" || b === "unknown"
      ? undefined
      : double
    : undefined;
}

const flatOperators = ["OR", "AND", "||"] as const;

const integers: readonly string[] = ["tinyint", "smallint", "int", "bigint"];
