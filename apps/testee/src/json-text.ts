/** `JSON.stringify` that keeps the sign of zero: negative zero is written `-0.0`. */
export function toJsonText(value: unknown): string {
  if (Object.is(value, -0)) return "-0.0";
  if (Array.isArray(value)) return `[${value.map(toJsonText).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${JSON.stringify(name)}:${toJsonText(member)}`,
    );
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}
