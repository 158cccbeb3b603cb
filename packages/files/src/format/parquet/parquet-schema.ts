import type { ArrowFieldLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import type { SchemaElement } from "hyparquet";
import { type Carrier, leafType } from "./leaf-type.ts";

/** A column of values as it lies in a file. */
export interface LeafColumn {
  readonly path: readonly string[];
  readonly physical: string;
  readonly width: number;
  readonly carrier: Carrier;
  readonly type: ArrowTypeLike;
  /** The largest definition and repetition levels. */
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

/** A part of the schema. Its values are there where the definition level is `definition` or more. */
export type SchemaNode = {
  readonly type: ArrowTypeLike;
  readonly nullable: boolean;
  readonly definition: number;
  /** Indices of its first leaf, and of the one behind its last. */
  readonly firstLeaf: number;
  readonly endLeaf: number;
} & (
  | { readonly kind: "leaf" }
  | { readonly kind: "struct"; readonly fields: readonly SchemaNode[] }
  | {
      /** Of maps, the element is the struct of key and value. */
      readonly kind: "list";
      readonly element: SchemaNode;
      /** From this definition level on there are elements; they repeat at this repetition level. */
      readonly elementDefinition: number;
      readonly repetition: number;
    }
);

/** A file's schema: what it is in Arrow's types, and where its values lie. */
export interface ParquetSchema {
  readonly fields: readonly ArrowFieldLike[];
  readonly nodes: readonly SchemaNode[];
  readonly leaves: readonly LeafColumn[];
}

/** Reads a schema out of the flat list that a footer has. @throws Error when it is none */
export function readSchema(elements: readonly SchemaElement[]): ParquetSchema {
  return new SchemaReader(elements).read();
}

interface Element {
  readonly own: SchemaElement;
  readonly children: readonly Element[];
}

interface Levels {
  readonly definition: number;
  readonly repetition: number;
}

class SchemaReader {
  readonly #elements: readonly SchemaElement[];
  readonly #leaves: LeafColumn[] = [];
  #next = 0;

  constructor(elements: readonly SchemaElement[]) {
    this.#elements = elements;
  }

  read(): ParquetSchema {
    const root = this.#tree(0);
    const start = { definition: 0, repetition: 0 };
    const nodes = root.children.map((child) => this.#node(child, start, [child.own.name]));
    const fields = root.children.map(({ own }, at) => ({ name: own.name, type: nodes[at]!.type }));
    return { fields, nodes, leaves: this.#leaves };
  }

  #tree(depth: number): Element {
    const own = this.#elements[this.#next++];
    if (own === undefined || depth > 200) throw new Error("a schema that has no end");
    const children: Element[] = [];
    for (let child = 0; child < (own.num_children ?? 0); child += 1) children.push(this.#tree(depth + 1));
    return { own, children };
  }

  #node(element: Element, outer: Levels, path: readonly string[]): SchemaNode {
    const { own } = element;
    if (own.repetition_type === "REPEATED") return this.#repeated(element, outer, path);
    const nullable = own.repetition_type === "OPTIONAL";
    const levels = nullable ? { ...outer, definition: outer.definition + 1 } : outer;
    const [child] = element.children;
    const annotation = own.logical_type?.type ?? own.converted_type;
    if (element.children.length === 1 && child!.own.repetition_type === "REPEATED") {
      if (annotation === "LIST") return this.#list(element, levels, nullable, path);
      if (annotation === "MAP" || annotation === "MAP_KEY_VALUE") {
        return this.#map(element, levels, nullable, path);
      }
    }
    return { ...this.#value(element, levels, path), nullable };
  }

  /** A leaf or a group, its own repetition left out of account. */
  #value({ own, children }: Element, levels: Levels, path: readonly string[]): SchemaNode {
    const firstLeaf = this.#leaves.length;
    const base = { nullable: false, definition: levels.definition, firstLeaf };
    if (own.num_children === undefined) {
      const { carrier, type, width } = leafType(own);
      const physical = own.type ?? "";
      const max = { maxDefinition: levels.definition, maxRepetition: levels.repetition };
      this.#leaves.push({ path, physical, width, carrier, type, ...max });
      return { ...base, kind: "leaf", type, endLeaf: firstLeaf + 1 };
    }
    const fields = children.map((child) => this.#node(child, levels, [...path, child.own.name]));
    const named = children.map((child, at) => ({ name: child.own.name, type: fields[at]!.type }));
    return {
      ...base,
      ...{ kind: "struct", fields, endLeaf: this.#leaves.length },
      type: { typeId: 13, children: named },
    };
  }

  /** A field that repeats without being called a list: one of values that are there. */
  #repeated(element: Element, outer: Levels, path: readonly string[]): SchemaNode {
    const inner = { definition: outer.definition + 1, repetition: outer.repetition + 1 };
    const value = this.#value(element, inner, path);
    return listOf(value, { ...inner, definition: outer.definition }, false, inner.definition);
  }

  #list({ children }: Element, levels: Levels, nullable: boolean, path: readonly string[]): SchemaNode {
    const repeated = children[0]!;
    const inner = { definition: levels.definition + 1, repetition: levels.repetition + 1 };
    const own = [...path, repeated.own.name];
    const { name } = repeated.own;
    // Old writers left the level between the list and its elements out.
    const isElement = repeated.children.length !== 1 || name === "array" || name === `${path.at(-1)}_tuple`;
    const [only] = repeated.children;
    const element = isElement
      ? this.#value(repeated, inner, own)
      : this.#node(only!, inner, [...own, only!.own.name]);
    return listOf(element, { ...inner, definition: levels.definition }, nullable, inner.definition);
  }

  #map({ children }: Element, levels: Levels, nullable: boolean, path: readonly string[]): SchemaNode {
    const entries = children[0]!;
    const inner = { definition: levels.definition + 1, repetition: levels.repetition + 1 };
    const element = this.#value(entries, inner, [...path, entries.own.name]);
    const list = listOf(element, { ...inner, definition: levels.definition }, nullable, inner.definition);
    // A map of keys alone is a list of them.
    if (entries.children.length !== 2) return list;
    return { ...list, type: { typeId: 17, children: [{ name: "entries", type: element.type }] } };
  }
}

function listOf(
  element: SchemaNode,
  { definition, repetition }: Levels,
  nullable: boolean,
  elementDefinition: number,
): SchemaNode {
  const { firstLeaf, endLeaf } = element;
  return {
    ...{ kind: "list", nullable, definition, firstLeaf, endLeaf, element, elementDefinition, repetition },
    type: { typeId: 12, children: [{ name: "item", type: element.type }] },
  };
}
