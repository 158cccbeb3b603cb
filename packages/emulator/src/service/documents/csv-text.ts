import { type ColumnType, formatTimestampNtz, parseType } from "@maxcompute-tunnel/codec";

/** What stands for NULL, in fields and inside of nested values; never in quotes. */
const nullText = "\\N";

/** One line of CSV without its end, for values as the record decoder gives them. */
export type CsvLine = (values: readonly unknown[]) => string;

/** The header line: every name in quotes. */
export function csvHeader(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => quoted(name)).join(",");
}

/**
 * Makes lines of rows: every value in quotes, NULL as `\N`, times in UTC as `2024-01-02 03:04:05[.fraction]`, nested
 * values as `["a","b"]`, `{"key":1}` and `{field:1}`.
 */
export function csvLines(columns: readonly { readonly type: string }[]): CsvLine {
  const types = columns.map(({ type }) => parseType(type));
  return (values) => {
    const fields = types.map((type, index) => {
      const value = values[index];
      return value === null || value === undefined ? nullText : quoted(textOf(value, type));
    });
    return fields.join(",");
  };
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function textOf(value: unknown, type: ColumnType): string {
  switch (type.kind) {
    case "datetime": {
      const ms = (value as Date).getTime();
      const seconds = Math.floor(ms / 1000);
      return timeText(BigInt(seconds), (ms - seconds * 1000) * 1_000_000);
    }
    case "timestamp":
    case "timestamp_ntz": {
      const { seconds, nanos } = value as { seconds: bigint; nanos: number };
      return timeText(seconds, nanos);
    }
    case "interval_day_time":
      return intervalText(value as { seconds: bigint; nanos: number });
    case "interval_year_month": {
      const months = Math.abs(value as number);
      return `${(value as number) < 0 ? "-" : ""}${Math.floor(months / 12)}-${months % 12}`;
    }
    case "array":
      return `[${(value as unknown[]).map((item) => nestedText(item, type.element)).join(",")}]`;
    case "map": {
      const entries = (value as [unknown, unknown][]).map(
        ([key, item]) => `${nestedText(key, type.key)}:${nestedText(item, type.value)}`,
      );
      return `{${entries.join(",")}}`;
    }
    case "struct": {
      const fields = type.fields.map(
        ({ name, type: field }) =>
          `${name}:${nestedText((value as Readonly<Record<string, unknown>>)[name], field)}`,
      );
      return `{${fields.join(",")}}`;
    }
    case "vector":
      return `[${(value as readonly number[]).join(",")}]`;
    default:
      return value instanceof Uint8Array ? bytesText(value) : String(value);
  }
}

function nestedText(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) {
    return nullText;
  }
  const text = textOf(value, type);
  switch (type.kind) {
    case "array":
    case "map":
    case "struct":
    case "vector":
    case "boolean":
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
    case "float":
    case "double":
    case "decimal":
      return text;
    default:
      return `"${text.replace(/["\\]/g, "\\$&")}"`;
  }
}

function timeText(seconds: bigint, nanos: number): string {
  return formatTimestampNtz({ seconds, nanos }).replace("T", " ");
}

/** `days hours:minutes:seconds.nanoseconds`, all of the value's sign. */
function intervalText({ seconds, nanos }: { readonly seconds: bigint; readonly nanos: number }): string {
  const total = seconds * 1_000_000_000n + BigInt(nanos);
  const length = total < 0n ? -total : total;
  const rest = length / 1_000_000_000n;
  const two = (value: bigint): string => String(value).padStart(2, "0");
  const clock = `${two((rest / 3600n) % 24n)}:${two((rest / 60n) % 60n)}:${two(rest % 60n)}`;
  const fraction = String(length % 1_000_000_000n).padStart(9, "0");
  return `${total < 0n ? "-" : ""}${rest / 86_400n} ${clock}.${fraction}`;
}

/** Bytes as text where they are UTF-8, else as quoted-printable. */
function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x3d
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join("");
  }
}
