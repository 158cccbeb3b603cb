import type { ArrowDataLike } from "../arrow-data.ts";
import type { NodePlan } from "./node-plan.ts";

/** About how many bytes have to be copied for some elements of a column, dictionaries aside. */
export function sliceBytes(
  plan: NodePlan,
  data: ArrowDataLike | undefined,
  from: number,
  to: number,
): number {
  if (data === undefined) return 0;
  const { shape, children } = plan;
  const count = to - from;
  switch (shape.kind) {
    case "values":
    case "fixed-bytes":
      return count * shape.width;
    case "bytes": {
      const { start, end } = rangeOf(data, from, to);
      return count * shape.offsetBytes + end - start;
    }
    case "gathered":
      // Views do not say where their values end without a look at each; most are short.
      return count * 32;
    case "list": {
      const { start, end } =
        shape.offsetBytes === 0
          ? { start: from * shape.size, end: to * shape.size }
          : rangeOf(data, from, to);
      return count * shape.offsetBytes + sliceBytes(children[0]!, data.children[0], start, end);
    }
    case "map": {
      const { start, end } = rangeOf(data, from, to);
      return count * 4 + sum(children, (index) => data.children[0]?.children[index], start, end);
    }
    case "struct":
      return sum(children, (index) => data.children[shape.sources[index]!], from, to);
    case "dictionary":
      return count * shape.width;
    default:
      return count / 8;
  }
}

/** About how many bytes have to be copied for a column's dictionaries, however few elements there are. */
export function dictionaryBytes(plan: NodePlan, data: ArrowDataLike | undefined): number {
  if (data === undefined) return 0;
  const { shape, children } = plan;
  switch (shape.kind) {
    case "dictionary": {
      const [values] = data.dictionary?.data ?? [];
      const [child] = children;
      if (values === undefined || child === undefined) return 0;
      return sliceBytes(child, values, 0, values.length) + dictionaryBytes(child, values);
    }
    case "struct":
      return shape.sources.reduce((bytes, source, index) => {
        return bytes + dictionaryBytes(children[index]!, data.children[source]);
      }, 0);
    case "map":
    case "list": {
      const inner = shape.kind === "map" ? (data.children[0]?.children ?? []) : data.children;
      return children.reduce((bytes, child, index) => bytes + dictionaryBytes(child, inner[index]), 0);
    }
    default:
      return 0;
  }
}

function sum(
  children: readonly NodePlan[],
  dataOf: (index: number) => ArrowDataLike | undefined,
  from: number,
  to: number,
): number {
  return children.reduce((bytes, child, index) => bytes + sliceBytes(child, dataOf(index), from, to), 0);
}

function rangeOf({ valueOffsets }: ArrowDataLike, from: number, to: number): { start: number; end: number } {
  const offsets = valueOffsets as ArrayLike<number | bigint> | undefined;
  const start = Number(offsets?.[from] ?? 0);
  return { start, end: Math.max(start, Number(offsets?.[to] ?? 0)) };
}
