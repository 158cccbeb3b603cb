import { CodecError } from "../../errors.ts";
import { type CivilTime, daysFromDate, parseOffset, secondsOfDay, withFraction } from "./civil-time.ts";
import { ValueRefused } from "./value-refused.ts";

/** What stands for what in a pattern. A letter once means one or two digits, twice exactly two. */
const parts: Readonly<Record<string, readonly [name: string, expression: string]>> = {
  yyyy: ["year", "\\d{4}"],
  MM: ["month", "\\d{2}"],
  M: ["month", "\\d{1,2}"],
  MMM: ["monthName", "[A-Za-z]{3}"],
  dd: ["day", "\\d{2}"],
  d: ["day", "\\d{1,2}"],
  HH: ["hour", "\\d{2}"],
  H: ["hour", "\\d{1,2}"],
  mm: ["minute", "\\d{2}"],
  m: ["minute", "\\d{1,2}"],
  ss: ["second", "\\d{2}"],
  s: ["second", "\\d{1,2}"],
  X: ["zone", "[Zz]|[+-]\\d{2}(?::?\\d{2})?"],
};

/**
 * Compiles a pattern of letters: `yyyy`, `MM` or `M`, `MMM` (Jan), `dd` or `d`, `HH` or `H` (0 to 23), `mm`, `ss`,
 * `S…` (so many digits of fraction), `X` (a zone: `Z`, `+08`, `+0800`, `+08:00`). Text in single quotes and all that
 * is no letter stands for itself. What a time pattern leaves out is zero.
 *
 * @throws CodecError `invalid-option` for other letters, and for patterns without a whole date
 */
export function compileDatePattern(
  pattern: string,
  kind: "date" | "time",
  rounding: "refuse" | "half-up",
): (text: string) => CivilTime {
  const found = new Set<string>();
  let source = "";
  for (const [token, quoted] of pattern.matchAll(/'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)) {
    if (quoted !== undefined) source += escaped(quoted === "" ? "'" : quoted);
    else if (!/^[A-Za-z]/.test(token) && token !== "'") source += escaped(token);
    else {
      const [name, expression] =
        parts[token] ?? (/^S{1,9}$/.test(token) ? ["fraction", `\\d{${token.length}}`] : []);
      const group = name === "monthName" ? "month" : name;
      if (name === undefined || found.has(group!) || (kind === "date" && timeParts.has(name))) {
        throw unusable(pattern, token);
      }
      found.add(group!);
      source += `(?<${name}>${expression})`;
    }
  }
  for (const part of ["year", "month", "day"]) if (!found.has(part)) throw unusable(pattern, `no ${part}`);
  const expression = new RegExp(`^${source}$`);
  const expected = `${kind === "date" ? "a date" : "a time"} written ${pattern}`;
  return (text) => {
    const groups = expression.exec(text)?.groups;
    if (groups === undefined) throw new ValueRefused(expected);
    const { year, monthName, day, hour = "0", minute = "0", second = "0", fraction = "", zone } = groups;
    const month = monthName === undefined ? Number(groups["month"]) : monthNumber(monthName);
    const days = daysFromDate(Number(year), month, Number(day));
    const wallSeconds = days * 86_400 + secondsOfDay(hour, minute, second);
    const offsetSeconds = zone === undefined ? undefined : parseOffset(zone);
    return withFraction({ wallSeconds, offsetSeconds }, fraction, rounding);
  };
}

const timeParts: ReadonlySet<string> = new Set(["hour", "minute", "second", "fraction", "zone"]);
const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function monthNumber(name: string): number {
  const index = monthNames.indexOf(name.toLowerCase());
  if (index < 0) throw new ValueRefused(`a month such as Jan (${name} is none)`);
  return index + 1;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function unusable(pattern: string, found: string): CodecError {
  return new CodecError(
    "invalid-option",
    `Expected a pattern of yyyy, MM, M, MMM, dd, d, HH, H, mm, m, ss, s, S, X, each once, with a whole date, got ${JSON.stringify(pattern)} (${found})`,
  );
}
