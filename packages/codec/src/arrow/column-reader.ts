import * as plan from "../record/type-plan.ts";
import { InvalidValue } from "../values/invalid-value.ts";
import type { ArrowDataLike } from "./arrow-data.ts";
import type { ArrowSource, ListSource, StructSource } from "./arrow-source.ts";
import { type OpenValues, openNullable, type ValueAt } from "./buffers.ts";
import { openBooleans, openBytes, openRanges, openText } from "./byte-values.ts";
import { matchColumns } from "./column-match.ts";
import { openAsFloats, openDecimals, openFloats, openIntegers } from "./number-values.ts";
import {
  isSecondsAndNanos,
  openDays,
  openDayTimes,
  openInstants,
  openMidnights,
  openMilliseconds,
  openMonths,
  openSecondsAndNanos,
} from "./time-values.ts";

/**
 * How an Arrow column's values are read for a table's column: as JavaScript values that encoding takes and checks.
 * Undefined when that kind of column cannot stand for that type.
 */
export function columnReader(
  source: ArrowSource,
  type: plan.TypePlan,
  unknown: "error" | "ignore",
): OpenValues | undefined {
  if (source.kind === "null") return () => () => null;
  if (source.kind === "dictionary") {
    const values = columnReader(source.values, type, unknown);
    const indices = source.indices.kind === "int" ? openIntegers(source.indices) : undefined;
    return values && indices && openDictionary(indices, values);
  }
  switch (type.op) {
    case plan.opArray:
    case plan.opVector:
      return source.kind === "list" ? listReader(source, type, unknown) : undefined;
    case plan.opMap:
      return source.kind === "map" ? mapReader(source, type, unknown) : undefined;
    case plan.opStruct:
      return source.kind === "struct" ? structReader(source, type, unknown) : undefined;
    default:
      return leafReader(source, type);
  }
}

function leafReader(source: ArrowSource, type: plan.TypePlan): OpenValues | undefined {
  switch (type.op) {
    case plan.opInteger:
      if (type.name === "interval_year_month") {
        return source.kind === "months" || source.kind === "months-days-nanos"
          ? openMonths(source.kind)
          : undefined;
      }
      return wholeReader(source);
    case plan.opBigint:
      return wholeReader(source);
    case plan.opDouble:
    case plan.opFloat:
      if (source.kind === "float") return openFloats(source);
      return source.kind === "int" ? openAsFloats(source, type.op === plan.opFloat ? 24 : 53) : undefined;
    case plan.opBoolean:
      return source.kind === "bool" ? openBooleans : undefined;
    case plan.opString:
    case plan.opBinary:
      return source.kind === "text" || source.kind === "binary" ? openBytes(source) : undefined;
    case plan.opCharacters:
      if (source.kind === "binary") return openBytes(source);
      return source.kind === "text" ? openText(source, "bytes") : undefined;
    case plan.opJson:
      return source.kind === "text" ? openText(source, "refuse") : undefined;
    case plan.opDecimal:
      if (source.kind === "decimal") return openDecimals(source);
      return source.kind === "text" ? openText(source, "refuse") : wholeReader(source);
    default:
      return source.kind === "text" && type.op !== plan.opDayTimeInterval
        ? openText(source, "refuse")
        : timeReader(source, type.op);
  }
}

/** Floating point numbers that are whole do for whole numbers: encoding refuses the others. */
function wholeReader(source: ArrowSource): OpenValues | undefined {
  if (source.kind === "int") return openIntegers(source);
  return source.kind === "float" ? openFloats(source) : undefined;
}

function timeReader(source: ArrowSource, op: number): OpenValues | undefined {
  switch (op) {
    case plan.opDate:
      if (source.kind === "date-days") return openDays;
      if (source.kind === "date-ms") return openMidnights(1000);
      return isWallClock(source) ? openMidnights(source.perSecond) : undefined;
    case plan.opDateTime:
      if (source.kind === "date-ms") return openMilliseconds(1000);
      return source.kind === "timestamp" ? openMilliseconds(source.perSecond) : undefined;
    case plan.opTimestamp:
      if (isSecondsAndNanos(source)) return openSecondsAndNanos;
      if (source.kind === "date-ms") return openInstants(1000);
      return source.kind === "timestamp" ? openInstants(source.perSecond) : undefined;
    case plan.opTimestampNtz:
      if (isSecondsAndNanos(source)) return openSecondsAndNanos;
      return isWallClock(source) ? openInstants(source.perSecond) : undefined;
    default:
      if (isSecondsAndNanos(source)) return openSecondsAndNanos;
      if (source.kind === "days-ms" || source.kind === "months-days-nanos") return openDayTimes(source.kind);
      return source.kind === "duration" ? openInstants(source.perSecond) : undefined;
  }
}

/** Times that say what a clock shows: those without a zone, and those in UTC, whose clock shows the same. */
function isWallClock(source: ArrowSource): source is Extract<ArrowSource, { kind: "timestamp" }> {
  return source.kind === "timestamp" && (source.zone === undefined || utcNames.test(source.zone));
}

const utcNames = /^(?:utc|z|gmt|etc\/utc|etc\/gmt|[+-]00:?00)$/i;

/** By field of a struct column: the index of the Arrow field that feeds it; -1 for none. */
export function matchFields(
  source: StructSource,
  type: plan.TypePlan,
  unknown: "error" | "ignore",
): readonly number[] {
  return matchColumns(type.fieldNames, source.fields, { match: "name", unknown }, "field");
}

function openDictionary(openIndices: OpenValues, openValues: OpenValues): OpenValues {
  return (data) => {
    const indexAt = openIndices(data);
    // A dictionary that was added to later comes in several parts.
    const parts = (data.dictionary?.data ?? []).map((part) => openNullable(openValues, part));
    const lengths = (data.dictionary?.data ?? []).map((part) => part.length);
    return (row) => {
      let index = Number(indexAt(row));
      for (let part = 0; part < parts.length; part++) {
        if (index >= 0 && index < lengths[part]!) return parts[part]!(index);
        index -= lengths[part]!;
      }
      throw new InvalidValue("out-of-range", "an index within the dictionary", indexAt(row));
    };
  };
}

function listReader(
  source: ListSource,
  type: plan.TypePlan,
  unknown: "error" | "ignore",
): OpenValues | undefined {
  const element =
    type.op === plan.opVector
      ? vectorElementReader(source.element)
      : columnReader(source.element, type.element!, unknown);
  return element && openLists(source, (child) => openNullable(element, child));
}

function vectorElementReader(source: ArrowSource): OpenValues | undefined {
  if (source.kind === "float") return openFloats(source);
  return source.kind === "null" ? () => () => null : undefined;
}

function mapReader(
  source: Extract<ArrowSource, { kind: "map" }>,
  type: plan.TypePlan,
  unknown: "error" | "ignore",
): OpenValues | undefined {
  const key = columnReader(source.key, type.element!, unknown);
  const value = columnReader(source.value, type.value!, unknown);
  if (key === undefined || value === undefined) return undefined;
  return openLists({ layout: "offsets32", size: 0 }, (entries) => {
    const keyAt = openNullable(key, entries.children[0]!);
    const valueAt = openNullable(value, entries.children[1]!);
    return (index) => [keyAt(index), valueAt(index)];
  });
}

function openLists(
  { layout, size }: Pick<ListSource, "layout" | "size">,
  openElements: (child: ArrowDataLike) => ValueAt,
): OpenValues {
  return (data) => {
    const child = data.children[0]!;
    const elementAt = openElements(child);
    const rangeAt = layout === "fixed" ? undefined : openRanges(layout, data);
    return (index) => {
      const { start, end } = rangeAt?.(index, child.length) ?? {
        start: index * size,
        end: (index + 1) * size,
      };
      const elements = new Array<unknown>(end - start);
      for (let at = start; at < end; at++) elements[at - start] = elementAt(at);
      return elements;
    };
  };
}

/** Structs as arrays in the order of the column's fields. */
function structReader(
  source: StructSource,
  type: plan.TypePlan,
  unknown: "error" | "ignore",
): OpenValues | undefined {
  const sources = matchFields(source, type, unknown);
  const readers = sources.map((at, field) =>
    at < 0 ? undefined : columnReader(source.fields[at]!.source, type.fields[field]!, unknown),
  );
  if (readers.some((reader, field) => reader === undefined && sources[field]! >= 0)) return undefined;
  return ({ children }) => {
    const fields = readers.map((reader, field) =>
      reader === undefined ? () => null : openNullable(reader, children[sources[field]!]!),
    );
    return (index) => fields.map((valueAt) => valueAt(index));
  };
}
