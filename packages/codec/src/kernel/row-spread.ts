import type { PropertyMap } from "../record/property-map.ts";

/** So many different sets of properties are remembered; more are worked out again each time. */
const rememberedShapes = 8;

/** Puts the values of rows that are objects in the order of the columns. */
export class RowSpread {
  readonly #properties: PropertyMap;
  readonly #columnCount: number;
  #values: unknown[];
  #shapes: readonly Shape[] = [];

  constructor(properties: PropertyMap, columnCount: number) {
    this.#properties = properties;
    this.#columnCount = columnCount;
    this.#values = emptyValues(columnCount);
  }

  /**
   * Takes a new array for the values. Done now and then: engines store new values into old objects at several times the
   * cost, because their collectors have to know of it.
   */
  renew(): void {
    this.#values = emptyValues(this.#columnCount);
  }

  /**
   * A row's values, in an array that is used again; behind them is one that no column wants.
   *
   * @throws InvalidValue `unknown-property`, `duplicate-property`
   */
  spread(row: Readonly<Record<string, unknown>>): readonly unknown[] {
    const shapes = this.#shapes;
    const values = this.#values;
    for (let at = 0; at < shapes.length; at++) {
      if (spreadShape(row, shapes[at]!, values)) return values;
    }
    const found = this.#properties.find(row);
    const shape = shapeOf(row, found);
    if (shape !== undefined) this.#shapes = [shape, ...shapes.slice(0, rememberedShapes - 1)];
    for (let index = 0; index < found.length; index++) {
      const property = found[index];
      values[index] = property === undefined ? undefined : row[property];
    }
    return values;
  }
}

interface Shape {
  readonly prototype: unknown;
  readonly keys: readonly string[];
  /** By key: its place among the columns, or behind them. */
  readonly targets: readonly number[];
  /** The columns that no property has. Only then the prototype matters: it may have them behind getters. */
  readonly missing: readonly number[];
}

/** Undefined when a value is behind a class's getter: those are not listed. */
function shapeOf(row: object, found: readonly (string | undefined)[]): Shape | undefined {
  const keys: string[] = [];
  for (const key in row) keys.push(key);
  if (found.some((property) => property !== undefined && !keys.includes(property))) return undefined;
  return {
    prototype: Object.getPrototypeOf(row),
    keys,
    targets: keys.map((key) => (found.indexOf(key) + found.length + 1) % (found.length + 1)),
    missing: found.flatMap((property, index) => (property === undefined ? [index] : [])),
  };
}

/**
 * Whether a row has a shape; if so, puts its values in order. Compared and read in one loop: engines read a property
 * that they are just listing several times quicker.
 */
function spreadShape(row: Readonly<Record<string, unknown>>, shape: Shape, values: unknown[]): boolean {
  const { keys, targets, missing } = shape;
  let count = 0;
  for (const key in row) {
    if (key !== keys[count]) return false;
    values[targets[count]!] = row[key];
    count++;
  }
  if (count !== keys.length) return false;
  if (missing.length > 0 && Object.getPrototypeOf(row) !== shape.prototype) return false;
  for (let at = 0; at < missing.length; at++) values[missing[at]!] = undefined;
  return true;
}

function emptyValues(columnCount: number): unknown[] {
  return new Array<unknown>(columnCount + 1).fill(undefined);
}
