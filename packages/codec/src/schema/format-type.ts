import type { ColumnType } from "./column-type.ts";

/**
 * Writes a type in its normal form, which every official client reads: lower case, no blanks,
 * `decimal(p,s)` with both numbers, struct names in backticks only where they need them.
 */
export function formatType(type: ColumnType): string {
  switch (type.kind) {
    case "decimal":
      return type.precision === undefined ? "decimal" : `decimal(${type.precision},${type.scale ?? 0})`;
    case "char":
    case "varchar":
      return `${type.kind}(${type.length})`;
    case "array":
      return `array<${formatType(type.element)}>`;
    case "map":
      return `map<${formatType(type.key)},${formatType(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${formatName(field.name)}:${formatType(field.type)}`).join(",")}>`;
    case "vector":
      return `vector(${type.element},${type.dimension})`;
    default:
      return type.kind;
  }
}

function formatName(name: string): string {
  return /^[^\s:,<>()`]+$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}
