import type { ArrowDataLike, ArrowFieldLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import { leafData, type Presence, validity } from "./leaf-data.ts";
import type { LeafRows } from "./leaf-rows.ts";
import type { LeafColumn, SchemaNode } from "./parquet-schema.ts";

/** For each leaf of a part of the schema: where among its levels each value of that part begins. Absent: at each. */
type Slots = ReadonlyMap<number, Int32Array>;

/**
 * Puts the columns of a field together again: lists, maps and structs out of levels, in Arrow's layout.
 *
 * @throws Error when the columns do not belong together
 */
export function assembleField(
  node: SchemaNode,
  leaves: readonly LeafColumn[],
  rows: ReadonlyMap<number, LeafRows>,
): ArrowDataLike {
  const slots = new Map<number, Int32Array>();
  for (let leaf = node.firstLeaf; leaf < node.endLeaf; leaf += 1) {
    const { repetition } = rows.get(leaf)!;
    if (repetition !== undefined) slots.set(leaf, placesOf(repetition, 0));
  }
  return new Assembly(leaves, rows).data(node, slots);
}

class Assembly {
  readonly #leaves: readonly LeafColumn[];
  readonly #rows: ReadonlyMap<number, LeafRows>;

  constructor(leaves: readonly LeafColumn[], rows: ReadonlyMap<number, LeafRows>) {
    this.#leaves = leaves;
    this.#rows = rows;
  }

  data(node: SchemaNode, slots: Slots): ArrowDataLike {
    switch (node.kind) {
      case "leaf": {
        const { values } = this.#rows.get(node.firstLeaf)!;
        const leaf = this.#leaves[node.firstLeaf]!;
        return leafData(leaf, values, this.#presence(node, slots, leaf.maxDefinition));
      }
      case "struct": {
        const children = node.fields.map((field) => this.data(field, slots));
        const presence = this.#presence(node, slots, node.definition);
        const type = { ...node.type, children: renamed(node.type, children) };
        return { type, length: presence.length, offset: 0, ...validity(presence), children };
      }
      case "list":
        return this.#list(node, slots);
    }
  }

  #list(node: Extract<SchemaNode, { kind: "list" }>, slots: Slots): ArrowDataLike {
    const presence = this.#presence(node, slots, node.definition);
    const { length } = presence;
    const inner = new Map<number, Int32Array>();
    let valueOffsets: Int32Array | undefined;
    for (let leaf = node.firstLeaf; leaf < node.endLeaf; leaf += 1) {
      const { definition, repetition, count } = this.#rows.get(leaf)!;
      const own = slots.get(leaf)!;
      if (own.length !== length) throw new Error("its columns have different numbers of values");
      const offsets = new Int32Array(length + 1);
      const places = new Int32Array(count);
      let elements = 0;
      for (let slot = 0; slot < length; slot += 1) {
        const start = own[slot]!;
        const end = slot + 1 < length ? own[slot + 1]! : count;
        if (definition![start]! >= node.elementDefinition) {
          places[elements++] = start;
          for (let at = start + 1; at < end; at += 1) {
            if (repetition![at] === node.repetition) places[elements++] = at;
          }
        }
        offsets[slot + 1] = elements;
      }
      inner.set(leaf, places.subarray(0, elements));
      valueOffsets ??= offsets;
      if (valueOffsets[length] !== elements)
        throw new Error("its columns have different numbers of elements");
    }
    const element = this.data(node.element, inner);
    const type = { ...node.type, children: renamed(node.type, [element]) };
    return { type, length, offset: 0, ...validity(presence), valueOffsets, children: [element] };
  }

  #presence(node: SchemaNode, slots: Slots, level: number): Presence {
    const { definition, count } = this.#rows.get(node.firstLeaf)!;
    const own = slots.get(node.firstLeaf);
    const length = own?.length ?? count;
    if (definition === undefined) return { length, mask: undefined };
    const mask = new Uint8Array(length);
    let there = 0;
    for (let slot = 0; slot < length; slot += 1) {
      if (definition[own === undefined ? slot : own[slot]!]! < level) continue;
      mask[slot] = 1;
      there += 1;
    }
    return { length, mask: there === length ? undefined : mask };
  }
}

/** A type's fields, with the types that their data turned out to have. */
function renamed(type: ArrowTypeLike, children: readonly ArrowDataLike[]): readonly ArrowFieldLike[] {
  return (type.children ?? []).map(({ name }, at) => ({ name, type: children[at]!.type }));
}

function placesOf(levels: Uint8Array, level: number): Int32Array {
  const places = new Int32Array(levels.length);
  let count = 0;
  for (let at = 0; at < levels.length; at += 1) if (levels[at] === level) places[count++] = at;
  return places.subarray(0, count);
}
