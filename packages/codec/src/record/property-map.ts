import { InvalidValue } from "../values/invalid-value.ts";

/** So many different sets of properties are remembered; more are worked out again each time. */
const rememberedShapes = 8;

/** Which property of an object holds which column; `undefined` where none does. */
export type PropertyNames = readonly (string | undefined)[];

/**
 * Finds the columns of a table (or the fields of a struct) among the properties of objects, without regard to case.
 * Objects that have the same properties in the same order, as rows mostly do, are looked up once.
 */
export class PropertyMap {
  readonly #names: readonly string[];
  readonly #indexByName: ReadonlyMap<string, number>;
  readonly #unknown: "error" | "ignore";
  /** What one name is called in messages. */
  readonly #noun: "column" | "field";
  #shapes: readonly Shape[] = [];

  constructor(names: readonly string[], unknown: "error" | "ignore", noun: "column" | "field") {
    this.#names = names;
    this.#unknown = unknown;
    this.#noun = noun;
    const indexByName = new Map<string, number>();
    names.forEach((name, index) => {
      indexByName.set(name.toLowerCase(), index);
    });
    // The names as they are go in last: they win over others' lower case.
    names.forEach((name, index) => {
      indexByName.set(name, index);
    });
    this.#indexByName = indexByName;
  }

  /** @throws InvalidValue `unknown-property`, `duplicate-property` */
  find(object: object): PropertyNames {
    const shapes = this.#shapes;
    for (let at = 0; at < shapes.length; at++) {
      const shape = shapes[at]!;
      if (hasShape(object, shape)) return shape.properties;
    }
    const shape = this.#learn(object);
    this.#shapes = [shape, ...shapes.slice(0, rememberedShapes - 1)];
    return shape.properties;
  }

  /**
   * Puts an object's values in the order of the names; behind them goes what is ignored.
   *
   * @throws InvalidValue `unknown-property`, `duplicate-property`
   */
  spread(object: Readonly<Record<string, unknown>>, values: unknown[]): void {
    const shapes = this.#shapes;
    for (let at = 0; at < shapes.length; at++) {
      if (spreadShape(object, shapes[at]!, values)) return;
    }
    const properties = this.find(object);
    for (let index = 0; index < properties.length; index++) {
      const property = properties[index];
      values[index] = property === undefined ? undefined : object[property];
    }
  }

  #learn(object: object): Shape {
    const prototype: unknown = Object.getPrototypeOf(object);
    const properties = new Array<string | undefined>(this.#names.length).fill(undefined);
    const keys: string[] = [];
    const targets: number[] = [];
    for (const key in object) {
      keys.push(key);
      const index = this.#indexByName.get(key) ?? this.#indexByName.get(key.toLowerCase());
      targets.push(index ?? this.#names.length);
      if (index === undefined) {
        if (this.#unknown === "error") {
          throw new InvalidValue("unknown-property", `properties that are ${this.#noun}s`, key);
        }
        continue;
      }
      const other = properties[index];
      if (other !== undefined) {
        throw new InvalidValue(
          "duplicate-property",
          `one property for the ${this.#noun} ${this.#names[index]}`,
          key,
        );
      }
      properties[index] = key;
    }
    // A class may have its values behind getters, which are not listed.
    if (prototype !== Object.prototype && prototype !== null) {
      this.#names.forEach((name, index) => {
        if (properties[index] === undefined && name in object && !(name in Object.prototype))
          properties[index] = name;
      });
    }
    const missing = properties.flatMap((property, index) => (property === undefined ? [index] : []));
    const found = targets.filter((index) => index < this.#names.length).length;
    const isListed = found + missing.length === this.#names.length;
    return { prototype, keys, properties, targets: Uint32Array.from(targets), missing, isListed };
  }
}

interface Shape {
  readonly prototype: unknown;
  readonly keys: readonly string[];
  readonly properties: PropertyNames;
  /** By key: its place among the names, or behind them. */
  readonly targets: Uint32Array;
  /** The names that no property has. */
  readonly missing: readonly number[];
  /** Whether all its properties are among the keys; those behind a class's getters are not. */
  readonly isListed: boolean;
}

function hasShape(object: object, shape: Shape): boolean {
  const { keys } = shape;
  let count = 0;
  for (const key in object) {
    if (count >= keys.length || key !== keys[count]) return false;
    count++;
  }
  return count === keys.length && Object.getPrototypeOf(object) === shape.prototype;
}

/**
 * Whether an object has a shape that lists all that is wanted of it; if so, puts its values in order. Compared and read
 * in one loop: engines read a property that they are just listing several times quicker.
 */
function spreadShape(object: Readonly<Record<string, unknown>>, shape: Shape, values: unknown[]): boolean {
  if (!shape.isListed) return false;
  const { keys, targets, missing } = shape;
  let count = 0;
  for (const key in object) {
    if (key !== keys[count]) return false;
    values[targets[count]!] = object[key];
    count++;
  }
  if (count !== keys.length || Object.getPrototypeOf(object) !== shape.prototype) return false;
  for (let at = 0; at < missing.length; at++) values[missing[at]!] = undefined;
  return true;
}
