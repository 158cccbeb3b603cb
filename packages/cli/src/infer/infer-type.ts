import { parseCivilTime } from "@maxcompute-tunnel/codec/text";

/** What the values of a column seem to be, as far as they were seen. */
export type SeenType =
  | "nothing"
  | "boolean"
  | "bigint"
  | "double"
  | "date"
  | "datetime"
  | "timestamp"
  | "string"
  | "json";

/** What one text seems to be. Numbers that would not come back as they are written are texts. */
export function typeOfText(text: string): SeenType {
  const value = text.trim();
  if (/^(?:true|false)$/i.test(value)) return "boolean";
  if (/^[+-]?(?:0|[1-9]\d*)$/.test(value)) return isBigint(BigInt(value)) ? "bigint" : "string";
  if (/^[+-]?(?:0|[1-9]\d*)?(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) && /\d/.test(value)) {
    const digits = value.replace(/e.*$/i, "").replace(/\D/g, "").replace(/^0+/, "");
    return digits.length <= 15 && Number.isFinite(Number(value)) ? "double" : "string";
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return isTime(value) ? "date" : "string";
  const fraction =
    /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.(\d{1,9}))?)?(?:Z|[+-]\d{2}:?\d{2})?$/.exec(value);
  if (fraction !== null && isTime(value)) return (fraction[1]?.length ?? 0) > 3 ? "timestamp" : "datetime";
  return "string";
}

/** What a value of JSON seems to be. @param source how it is written, for numbers */
export function typeOfJson(value: unknown, source: string | undefined): SeenType {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "number":
      return typeOfText(source ?? String(value));
    case "string": {
      const type = typeOfText(value);
      // What JSON writes in quotes is meant as text, unless it can be nothing but a time.
      return type === "date" || type === "datetime" || type === "timestamp" ? type : "string";
    }
    default:
      return value === null || value === undefined ? "nothing" : "json";
  }
}

/** The narrowest type that holds both. */
export function widest(one: SeenType, other: SeenType): SeenType {
  if (one === other || other === "nothing") return one;
  if (one === "nothing") return other;
  for (const order of orders) {
    if (order.includes(one) && order.includes(other)) {
      return order[Math.max(order.indexOf(one), order.indexOf(other))]!;
    }
  }
  return one === "json" || other === "json" ? "json" : "string";
}

const orders: readonly (readonly SeenType[])[] = [
  ["bigint", "double"],
  ["date", "datetime", "timestamp"],
];

function isBigint(value: bigint): boolean {
  const most = 2n ** 63n - 1n;
  return value >= -most && value <= most;
}

function isTime(text: string): boolean {
  try {
    parseCivilTime(text);
    return true;
  } catch {
    return false;
  }
}
