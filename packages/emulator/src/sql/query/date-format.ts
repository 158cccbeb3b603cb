/** The two ways formats are written: `yyyy-mm-dd hh:mi:ss` (to_char, to_date) and `yyyy-MM-dd HH:mm:ss` (date_format). */
export type FormatStyle = "service" | "java";

/**
 * A date format as strftime and strptime write it.
 *
 * Letters that mean nothing stand for themselves, as does what is quoted in the Java style.
 */
export function toStrftime(format: string, style: FormatStyle): string {
  const parts =
    style === "java" ? format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) : splitServiceFormat(format);
  return (parts ?? [])
    .map((part) => {
      if (style === "java" && part.startsWith("'")) {
        return escapePercent(part === "''" ? "'" : part.slice(1, -1));
      }
      return (style === "java" ? javaParts : serviceParts).get(part) ?? escapePercent(part);
    })
    .join("");
}

function splitServiceFormat(format: string): string[] {
  return (format.match(/yyyy|yy|mm|mi|dd|hh24|hh|ss|ff3|sss|[\s\S]/gi) ?? []).map((part) =>
    part.length > 1 ? part.toLowerCase() : part,
  );
}

function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}

const serviceParts: ReadonlyMap<string, string> = new Map([
  ["yyyy", "%Y"],
  ["yy", "%y"],
  ["mm", "%m"],
  ["mi", "%M"],
  ["dd", "%d"],
  ["hh24", "%H"],
  ["hh", "%H"],
  ["ss", "%S"],
  ["ff3", "%g"],
  ["sss", "%g"],
]);

const javaParts: ReadonlyMap<string, string> = new Map([
  ["yyyy", "%Y"],
  ["y", "%Y"],
  ["yy", "%y"],
  ["MMMM", "%B"],
  ["MMM", "%b"],
  ["MM", "%m"],
  ["M", "%-m"],
  ["dd", "%d"],
  ["d", "%-d"],
  ["HH", "%H"],
  ["H", "%-H"],
  ["hh", "%I"],
  ["h", "%-I"],
  ["mm", "%M"],
  ["m", "%-M"],
  ["ss", "%S"],
  ["s", "%-S"],
  ["SSS", "%g"],
  ["a", "%p"],
  ["EEEE", "%A"],
  ["EEE", "%a"],
  ["E", "%a"],
  ["DDD", "%j"],
]);
