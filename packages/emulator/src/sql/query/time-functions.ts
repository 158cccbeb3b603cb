import { type FormatStyle, toStrftime } from "./date-format.ts";
import { duckString } from "./duckdb-text.ts";
import {
  argument,
  constantText,
  type FunctionCall,
  type FunctionRule,
  textArgument,
} from "./function-rule.ts";
import { contradiction, notSupported } from "./translation.ts";
import {
  asDate,
  asDatetime,
  asText,
  bigint,
  boolean,
  date,
  datetime,
  datetimeLiteral,
  familyOf,
  int,
  string,
  type TypedSql,
  timestamp,
  typed,
} from "./typed-sql.ts";

/** Functions of dates and times. */
export const timeFunctions: ReadonlyMap<string, FunctionRule> = new Map<string, FunctionRule>([
  ["add_months", { arity: [2, 2], write: (call) => shifted(call, "MONTH", date) }],
  ["current_date", { arity: [0, 0], write: ({ now }) => asDate(datetimeLiteral(now)) }],
  ["current_timestamp", { arity: [0, 0], write: currentTimestamp }],
  ["date_add", { arity: [2, 2], write: (call) => shifted(call, "DAY", date) }],
  ["date_format", { arity: [2, 2], write: (call) => formatted(call, "java") }],
  ["date_sub", { arity: [2, 2], write: (call) => shifted(call, "DAY", date, "-") }],
  ["dateadd", { arity: [3, 3], write: dateAdd }],
  ["datediff", { arity: [2, 3], write: dateDifference }],
  ["datepart", { arity: [2, 2], write: datePart }],
  ["datetrunc", { arity: [2, 2], write: dateTruncated }],
  ["day", part("day")],
  [
    "dayofweek",
    { arity: [1, 1], write: (call) => typed(`CAST(dayofweek(${momentOf(call)}) + 1 AS INTEGER)`, int) },
  ],
  ["dayofyear", part("dayofyear")],
  ["from_unixtime", { arity: [1, 2], write: fromUnixTime }],
  [
    "getdate",
    { arity: [0, 0], write: ({ now }) => datetimeLiteral(new Date(Math.floor(now.getTime() / 1000) * 1000)) },
  ],
  ["hour", part("hour")],
  ["isdate", { arity: [2, 2], write: isDate }],
  ["last_day", { arity: [1, 1], write: (call) => typed(`last_day(${asDate(argument(call, 0)).sql})`, date) }],
  ["minute", part("minute")],
  ["month", part("month")],
  ["now", { arity: [0, 0], write: currentTimestamp }],
  ["quarter", part("quarter")],
  ["second", part("second")],
  ["to_char", { arity: [1, 2], write: toChar }],
  ["to_date", { arity: [1, 2], write: toDate }],
  ["unix_timestamp", { arity: [0, 1], write: unixTimestamp }],
  [
    "weekday",
    { arity: [1, 1], write: (call) => typed(`CAST(isodow(${momentOf(call)}) - 1 AS BIGINT)`, bigint) },
  ],
  ["weekofyear", part("weekofyear")],
  ["year", part("year")],
]);

function part(name: string): FunctionRule {
  return { arity: [1, 1], write: (call) => typed(`CAST(${name}(${momentOf(call)}) AS INTEGER)`, int) };
}

function momentOf(call: FunctionCall): string {
  return asDatetime(argument(call, 0)).sql;
}

function currentTimestamp({ now }: FunctionCall): TypedSql {
  return typed(`CAST(${datetimeLiteral(now).sql} AS TIMESTAMP_NS)`, timestamp);
}

function shifted(call: FunctionCall, unit: string, type: typeof date, sign = "+"): TypedSql {
  const amount = `INTERVAL 1 ${unit} * CAST(${argument(call, 1).sql} AS INTEGER)`;
  return typed(`CAST(${asDate(argument(call, 0)).sql} ${sign} ${amount} AS DATE)`, type);
}

function dateAdd(call: FunctionCall): TypedSql {
  const unit = unitOf(call, 2);
  const value = argument(call, 0);
  const sum = `(${asDatetime(value).sql} + INTERVAL 1 ${unit} * CAST(${argument(call, 1).sql} AS INTEGER))`;
  const keepsDate = value.type?.kind === "date" && ["YEAR", "MONTH", "DAY"].includes(unit);
  return keepsDate ? typed(`CAST(${sum} AS DATE)`, date) : typed(sum, datetime);
}

/** The first minus the second, in boundaries passed. */
function dateDifference(call: FunctionCall): TypedSql {
  const unit = call.arguments.length === 3 ? unitOf(call, 2) : "DAY";
  const [later, earlier] = [asDatetime(argument(call, 0)).sql, asDatetime(argument(call, 1)).sql];
  return typed(`date_diff('${unit.toLowerCase()}', ${earlier}, ${later})`, bigint);
}

function datePart(call: FunctionCall): TypedSql {
  const unit = unitOf(call, 1);
  const moment = momentOf(call);
  return typed(
    unit === "MILLISECOND" ? `(${unit}(${moment}) % 1000)` : `${unit.toLowerCase()}(${moment})`,
    bigint,
  );
}

function dateTruncated(call: FunctionCall): TypedSql {
  const value = argument(call, 0);
  const sql = `date_trunc('${unitOf(call, 1).toLowerCase()}', ${asDatetime(value).sql})`;
  return value.type?.kind === "date"
    ? typed(`CAST(${sql} AS DATE)`, date)
    : typed(`CAST(${sql} AS TIMESTAMP)`, datetime);
}

function formatted(call: FunctionCall, style: FormatStyle): TypedSql {
  return typed(`strftime(${momentOf(call)}, ${duckString(formatOf(call, 1, style))})`, string);
}

function toChar(call: FunctionCall): TypedSql {
  if (call.arguments.length === 1) return asText(argument(call, 0));
  if (familyOf(argument(call, 0)) === "time" || familyOf(argument(call, 0)) === "unknown") {
    return formatted(call, "service");
  }
  throw notSupported("to_char with a format for numbers or texts", call.place);
}

/** With a format a DATETIME, without one a DATE. */
function toDate(call: FunctionCall): TypedSql {
  if (call.arguments.length === 1) return asDate(argument(call, 0));
  const format = duckString(formatOf(call, 1, "service"));
  return typed(`CAST(try_strptime(${textArgument(call, 0)}, ${format}) AS TIMESTAMP)`, datetime);
}

function isDate(call: FunctionCall): TypedSql {
  const format = duckString(formatOf(call, 1, "service"));
  return typed(`(try_strptime(${textArgument(call, 0)}, ${format}) IS NOT NULL)`, boolean);
}

function fromUnixTime(call: FunctionCall): TypedSql {
  const moment = `make_timestamp(CAST(${argument(call, 0).sql} AS BIGINT) * 1000000)`;
  return call.arguments.length === 1
    ? typed(moment, datetime)
    : typed(`strftime(${moment}, ${duckString(formatOf(call, 1, "java"))})`, string);
}

function unixTimestamp(call: FunctionCall): TypedSql {
  const moment = call.arguments.length === 0 ? datetimeLiteral(call.now).sql : momentOf(call);
  return typed(`CAST(floor(epoch(${moment})) AS BIGINT)`, bigint);
}

function formatOf(call: FunctionCall, index: number, style: FormatStyle): string {
  return toStrftime(constantText(call, index) ?? "", style);
}

function unitOf(call: FunctionCall, index: number): string {
  const text = constantText(call, index) ?? "";
  const unit = units.get(text.toLowerCase());
  if (unit === undefined) {
    throw contradiction(
      `${call.name} knows no unit '${text}', expected one of yyyy, mm, dd, hh, mi, ss, ff3`,
      call.place,
    );
  }
  return unit;
}

const units: ReadonlyMap<string, string> = new Map(
  Object.entries({
    YEAR: ["yyyy", "year"],
    MONTH: ["mm", "mon", "month"],
    DAY: ["dd", "day"],
    HOUR: ["hh", "hour"],
    MINUTE: ["mi"],
    SECOND: ["ss"],
    MILLISECOND: ["ff3"],
    WEEK: ["week"],
    QUARTER: ["q", "quarter"],
  }).flatMap(([unit, names]) => names.map((name) => [name, unit] as const)),
);
