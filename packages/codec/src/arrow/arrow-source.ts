import type { ArrowFieldLike, ArrowTypeLike } from "./arrow-data.ts";

/** How many of a time's unit a second has. */
export type UnitsPerSecond = 1 | 1000 | 1_000_000 | 1_000_000_000;

/** How the values of an Arrow column lie in its buffers, and what they mean. */
export type ArrowSource =
  | { readonly kind: "null" | "bool" }
  | { readonly kind: "int"; readonly bytes: 1 | 2 | 4 | 8; readonly signed: boolean }
  | { readonly kind: "float"; readonly bytes: 2 | 4 | 8 }
  | BytesSource
  | { readonly kind: "decimal"; readonly bytes: number; readonly scale: number }
  | { readonly kind: "date-days" | "date-ms" | "months" | "days-ms" | "months-days-nanos" }
  | { readonly kind: "timestamp"; readonly perSecond: UnitsPerSecond; readonly zone: string | undefined }
  | { readonly kind: "duration"; readonly perSecond: UnitsPerSecond }
  | ListSource
  | { readonly kind: "map"; readonly key: ArrowSource; readonly value: ArrowSource }
  | StructSource
  | { readonly kind: "dictionary"; readonly indices: ArrowSource; readonly values: ArrowSource };

export interface BytesSource {
  /** Whether the bytes are meant to be UTF-8. */
  readonly kind: "text" | "binary";
  /** Offsets of so many bits, 16-byte views, or values that all have `width` bytes. */
  readonly layout: "offsets32" | "offsets64" | "views" | "fixed";
  readonly width: number;
}

export interface ListSource {
  readonly kind: "list";
  readonly layout: "offsets32" | "offsets64" | "fixed";
  /** Elements of each list of fixed size. */
  readonly size: number;
  readonly element: ArrowSource;
}

export interface StructSource {
  readonly kind: "struct";
  readonly fields: readonly { readonly name: string; readonly source: ArrowSource }[];
}

/** Reads a type; undefined for those that no column can be made of (unions, times of day …). */
export function arrowSource(type: ArrowTypeLike): ArrowSource | undefined {
  switch (type.typeId) {
    case typeIds.null:
      return { kind: "null" };
    case typeIds.int: {
      const bytes = Number(type.bitWidth) / 8;
      if (bytes !== 1 && bytes !== 2 && bytes !== 4 && bytes !== 8) return undefined;
      return { kind: "int", bytes, signed: type.isSigned !== false };
    }
    case typeIds.float: {
      const bytes = ([2, 4, 8] as const)[Number(type.precision)];
      return bytes && { kind: "float", bytes };
    }
    case typeIds.bool:
      return { kind: "bool" };
    case typeIds.utf8:
      return { kind: "text", layout: "offsets32", width: 0 };
    case typeIds.largeUtf8:
      return { kind: "text", layout: "offsets64", width: 0 };
    case typeIds.utf8View:
      return { kind: "text", layout: "views", width: 0 };
    case typeIds.binary:
      return { kind: "binary", layout: "offsets32", width: 0 };
    case typeIds.largeBinary:
      return { kind: "binary", layout: "offsets64", width: 0 };
    case typeIds.binaryView:
      return { kind: "binary", layout: "views", width: 0 };
    case typeIds.fixedSizeBinary:
      return { kind: "binary", layout: "fixed", width: Number(type.byteWidth) };
    case typeIds.decimal:
      return { kind: "decimal", bytes: Number(type.bitWidth ?? 128) / 8, scale: Number(type.scale) };
    case typeIds.date:
      return { kind: type.unit === 0 ? "date-days" : "date-ms" };
    case typeIds.timestamp: {
      const { timezone } = type;
      const zone = typeof timezone === "string" && timezone !== "" ? timezone : undefined;
      return { kind: "timestamp", perSecond: perSecond(type.unit), zone };
    }
    case typeIds.duration:
      return { kind: "duration", perSecond: perSecond(type.unit) };
    case typeIds.interval: {
      const kind = (["months", "days-ms", "months-days-nanos"] as const)[Number(type.unit)];
      return kind && { kind };
    }
    case typeIds.list:
      return listSource(type, "offsets32");
    case typeIds.largeList:
      return listSource(type, "offsets64");
    case typeIds.fixedSizeList:
      return listSource(type, "fixed");
    case typeIds.map:
      return mapSource(type);
    case typeIds.struct:
      return structSource(type.children ?? []);
    case typeIds.dictionary: {
      const indices = type.indices && arrowSource(type.indices);
      const values = type.dictionary && arrowSource(type.dictionary);
      return indices && values && { kind: "dictionary", indices, values };
    }
    default:
      return undefined;
  }
}

/** What a type is called in messages. */
export function typeText(type: ArrowTypeLike): string {
  const text = String(type);
  return text.startsWith("[object") ? `the Arrow type ${type.typeId}` : `Arrow ${text}`;
}

function listSource(type: ArrowTypeLike, layout: ListSource["layout"]): ArrowSource | undefined {
  const element = type.children?.[0] && arrowSource(type.children[0].type);
  return element && { kind: "list", layout, size: layout === "fixed" ? Number(type.listSize) : 0, element };
}

function mapSource(type: ArrowTypeLike): ArrowSource | undefined {
  const [key, value] = type.children?.[0]?.type.children ?? [];
  const keySource = key && arrowSource(key.type);
  const valueSource = value && arrowSource(value.type);
  return keySource && valueSource && { kind: "map", key: keySource, value: valueSource };
}

function structSource(children: readonly ArrowFieldLike[]): StructSource | undefined {
  const fields: { name: string; source: ArrowSource }[] = [];
  for (const { name, type } of children) {
    const source = arrowSource(type);
    if (source === undefined) return undefined;
    fields.push({ name, source });
  }
  return { kind: "struct", fields };
}

function perSecond(unit: unknown): UnitsPerSecond {
  return ([1, 1000, 1_000_000, 1_000_000_000] as const)[Number(unit)] ?? 1;
}

/** The numbers that the Arrow format gives its types; -1 is how `apache-arrow` marks dictionary-encoded ones. */
const typeIds = {
  dictionary: -1,
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
} as const;
