import * as plan from "../../record/type-plan.ts";
import { firstMs, firstSecond, lastMs, lastSecond } from "../../values/calendar.ts";
import type { ArrowSource, BytesSource, ListSource } from "../arrow-source.ts";
import type { OpenValues } from "../buffers.ts";
import { openBytes } from "../byte-values.ts";
import { matchFields } from "../column-reader.ts";
import { isSecondsAndNanos } from "../time-values.ts";
import * as ops from "./node-ops.ts";

/** The buffers that a node's values lie in. */
export type NodeShape =
  | { readonly kind: "none" | "bits" }
  | { readonly kind: "values"; readonly width: number }
  | { readonly kind: "bytes"; readonly offsetBytes: 4 | 8 }
  | { readonly kind: "fixed-bytes"; readonly width: number }
  /** Bytes that are put behind one another first; `check` refuses some. */
  | {
      readonly kind: "gathered";
      readonly open: OpenValues;
      readonly check: ((value: Uint8Array) => boolean) | undefined;
    }
  | { readonly kind: "list"; readonly offsetBytes: 0 | 4 | 8; readonly size: number }
  | { readonly kind: "map" }
  /** By child: index of the Arrow field; -1 for none. */
  | { readonly kind: "struct"; readonly sources: readonly number[] }
  | { readonly kind: "dictionary"; readonly width: number };

/** How a column, or what is in it, goes through the kernel. */
export interface NodePlan {
  readonly op: number;
  readonly layout: number;
  readonly shape: NodeShape;
  readonly children: readonly NodePlan[];
  readonly limit: number;
  readonly scaleLimit: number;
  readonly scale: number;
  readonly min: bigint;
  readonly max: bigint;
  readonly unit: bigint;
}

/** What values are held against. */
export interface NodeRules {
  readonly unknown: "error" | "ignore";
  readonly checks: "service" | "received" | "wire";
}

/** Undefined for what the kernel leaves to the plain path. */
export function nodePlan(source: ArrowSource, type: plan.TypePlan, rules: NodeRules): NodePlan | undefined {
  switch (source.kind) {
    case "null":
      return nullNode;
    case "dictionary":
      return dictionaryNode(source, type, rules);
    case "list":
      return listNode(source, type, rules);
    case "map": {
      const key = nodePlan(source.key, type.element!, rules);
      const value = nodePlan(source.value, type.value!, rules);
      return key && value && { ...node, op: ops.opMap, shape: { kind: "map" }, children: [key, value] };
    }
    case "struct":
      return isSecondsAndNanos(source) && type.op !== plan.opStruct
        ? twoPartNode(type, rules)
        : structNode(source, type, rules);
    case "text":
    case "binary":
      return bytesNode(source, type, rules);
    case "bool":
      return { ...node, op: ops.opBoolean, shape: { kind: "bits" } };
    case "int":
    case "float":
      return numberNode(source, type, rules);
    case "decimal":
      return decimalNode(source, type);
    default:
      return timeNode(source, type, rules);
  }
}

const node: NodePlan = {
  op: ops.opNull,
  layout: 0,
  shape: { kind: "none" },
  children: [],
  limit: 0,
  scaleLimit: 0,
  scale: 0,
  min: 0n,
  max: 0n,
  unit: 1n,
};

/** Of columns and fields that stay NULL. */
export const nullNode: NodePlan = node;

function numberNode(
  source: Extract<ArrowSource, { kind: "int" | "float" }>,
  type: plan.TypePlan,
  rules: NodeRules,
): NodePlan | undefined {
  const isInt = source.kind === "int";
  const layout = isInt
    ? Math.log2(source.bytes) + (source.signed ? 0 : ops.unsignedLayout)
    : ops.floatLayout + Math.log2(source.bytes) - 1;
  const base: NodePlan = { ...node, layout, shape: { kind: "values", width: source.bytes } };
  const isSigned64 = layout === ops.int64Layout;
  switch (type.op) {
    case plan.opInteger:
      if (type.name === "interval_year_month") return undefined;
      return { ...base, op: ops.opWhole, min: BigInt(type.min), max: BigInt(type.max) };
    case plan.opBigint: {
      const min = rules.checks === "service" ? -(2n ** 63n) + 1n : -(2n ** 63n);
      return { ...base, op: isSigned64 ? ops.opInt64 : ops.opWhole, min, max: 2n ** 63n - 1n };
    }
    case plan.opDouble:
      return { ...base, op: layout === ops.float64Layout ? ops.opDouble : ops.opReal };
    case plan.opFloat:
      return { ...base, op: ops.opFloat };
    case plan.opDecimal:
      return { ...base, op: ops.opDecimal, ...decimalLimits(type) };
    default:
      return undefined;
  }
}

function decimalNode(
  { bytes, scale }: Extract<ArrowSource, { kind: "decimal" }>,
  type: plan.TypePlan,
): NodePlan | undefined {
  if (scale < 0 || scale > ops.largestScale) return undefined;
  const layout = ops.wideLayout + bytes;
  const shape = { kind: "values", width: bytes } as const;
  return { ...node, op: ops.opDecimal, layout, shape, scale, ...decimalLimits(type) };
}

function decimalLimits({ decimal }: plan.TypePlan): Pick<NodePlan, "limit" | "scaleLimit"> {
  return { limit: decimal.integerDigits, scaleLimit: decimal.scale };
}

function bytesNode(source: BytesSource, type: plan.TypePlan, { checks }: NodeRules): NodePlan | undefined {
  const shape = bytesShape(source);
  const layout = { offsets32: 0, offsets64: 1, fixed: 2, views: 0 }[source.layout];
  const base: NodePlan = { ...node, layout, shape };
  const unchecked: NodePlan = { ...base, op: layout === 0 ? ops.opBytes : ops.opCheckedBytes };
  switch (type.op) {
    case plan.opString:
    case plan.opBinary:
      return unchecked;
    case plan.opCharacters:
      if (checks === "wire") return unchecked;
      return { ...base, op: ops.opCheckedBytes, scale: ops.checkCharacters, limit: type.characters };
    case plan.opDecimal:
      return { ...base, op: ops.opCheckedBytes, scale: ops.checkDecimal, ...decimalLimits(type) };
    case plan.opJson: {
      const check = checks === "service" ? isJson : isUtf8;
      return {
        ...base,
        op: ops.opBytes,
        layout: 0,
        shape: { kind: "gathered", open: openBytes(source), check },
      };
    }
    default:
      return undefined;
  }
}

function bytesShape(source: BytesSource): NodeShape {
  switch (source.layout) {
    case "offsets32":
      return { kind: "bytes", offsetBytes: 4 };
    case "offsets64":
      return { kind: "bytes", offsetBytes: 8 };
    case "fixed":
      return { kind: "fixed-bytes", width: source.width };
    case "views":
      return { kind: "gathered", open: openBytes(source), check: undefined };
  }
}

function timeNode(source: ArrowSource, type: plan.TypePlan, { checks }: NodeRules): NodePlan | undefined {
  if (source.kind === "months") {
    const bounds = { min: BigInt(type.min), max: BigInt(type.max) };
    return {
      ...node,
      op: ops.opWhole,
      layout: ops.int32Layout,
      shape: { kind: "values", width: 4 },
      ...bounds,
    };
  }
  if (source.kind === "date-days") {
    const bounds = { min: BigInt(type.min), max: BigInt(type.max) };
    return {
      ...node,
      op: ops.opWhole,
      layout: ops.int32Layout,
      shape: { kind: "values", width: 4 },
      ...bounds,
    };
  }
  const perSecond =
    source.kind === "date-ms"
      ? 1000
      : source.kind === "timestamp" || source.kind === "duration"
        ? source.perSecond
        : undefined;
  if (perSecond === undefined) return undefined;
  const base: NodePlan = { ...node, layout: ops.int64Layout, shape: { kind: "values", width: 8 } };
  switch (type.op) {
    case plan.opDate: {
      const unit = BigInt(perSecond) * 86_400n;
      return { ...base, op: ops.opDivided, unit, min: BigInt(type.min), max: BigInt(type.max) };
    }
    case plan.opDateTime: {
      // Beyond the service's range only what a Date holds passes, and the plain path knows that.
      const bounds = { min: BigInt(firstMs), max: BigInt(lastMs) };
      if (perSecond === 1000) return { ...base, op: ops.opInt64, ...bounds };
      if (perSecond === 1) return { ...base, op: ops.opTimes, unit: 1000n, ...bounds };
      return { ...base, op: ops.opDivided, unit: BigInt(perSecond / 1000), ...bounds };
    }
    default:
      return { ...base, op: ops.opInstant, unit: BigInt(perSecond), ...secondsRange(type, checks) };
  }
}

function twoPartNode(type: plan.TypePlan, { checks }: NodeRules): NodePlan {
  const seconds: NodePlan = { ...node, op: ops.opInt64, shape: { kind: "values", width: 8 } };
  const nanos: NodePlan = { ...node, op: ops.opWhole, shape: { kind: "values", width: 4 } };
  return {
    ...node,
    op: ops.opTwoParts,
    shape: { kind: "struct", sources: [0, 1] },
    children: [seconds, nanos],
    ...secondsRange(type, checks),
  };
}

function secondsRange(type: plan.TypePlan, checks: NodeRules["checks"]): Pick<NodePlan, "min" | "max"> {
  return type.op === plan.opDayTimeInterval || checks === "wire"
    ? { min: -(2n ** 63n), max: 2n ** 63n - 1n }
    : { min: BigInt(firstSecond), max: BigInt(lastSecond) };
}

function listNode(source: ListSource, type: plan.TypePlan, rules: NodeRules): NodePlan | undefined {
  const offsetBytes = { offsets32: 4, offsets64: 8, fixed: 0 } as const;
  const layout = { offsets32: 0, offsets64: 1, fixed: 2 }[source.layout];
  const shape: NodeShape = { kind: "list", offsetBytes: offsetBytes[source.layout], size: source.size };
  if (type.op === plan.opVector) {
    if (source.element.kind !== "float") return undefined;
    const scale = type.isDoubleVector ? 1 : 0;
    const element = numberNode(source.element, { ...type, op: plan.opDouble }, rules);
    return (
      element && {
        ...node,
        op: ops.opVector,
        layout,
        shape,
        children: [element],
        limit: type.dimension,
        scale,
      }
    );
  }
  const element = nodePlan(source.element, type.element!, rules);
  return element && { ...node, op: ops.opList, layout, shape, children: [element] };
}

function structNode(
  source: Extract<ArrowSource, { kind: "struct" }>,
  type: plan.TypePlan,
  rules: NodeRules,
): NodePlan | undefined {
  const sources = matchFields(source, type, rules.unknown);
  const children: NodePlan[] = [];
  for (const [field, at] of sources.entries()) {
    const child = at < 0 ? nullNode : nodePlan(source.fields[at]!.source, type.fields[field]!, rules);
    if (child === undefined) return undefined;
    children.push(child);
  }
  return { ...node, op: ops.opStruct, shape: { kind: "struct", sources }, children };
}

function dictionaryNode(
  { indices, values }: Extract<ArrowSource, { kind: "dictionary" }>,
  type: plan.TypePlan,
  rules: NodeRules,
): NodePlan | undefined {
  const child = nodePlan(values, type, rules);
  if (child === undefined || indices.kind !== "int") return undefined;
  const layout = Math.log2(indices.bytes) + (indices.signed ? 0 : ops.unsignedLayout);
  const shape = { kind: "dictionary", width: indices.bytes } as const;
  return { ...node, op: ops.opIndex, layout, shape, children: [child] };
}

function isJson(value: Uint8Array): boolean {
  try {
    JSON.parse(strictUtf8.decode(value));
    return true;
  } catch {
    return false;
  }
}

function isUtf8(value: Uint8Array): boolean {
  try {
    strictUtf8.decode(value);
    return true;
  } catch {
    return false;
  }
}

const strictUtf8: TextDecoder = /*@__PURE__*/ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
