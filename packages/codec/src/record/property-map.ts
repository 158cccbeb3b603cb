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

  #learn(object: object): Shape {
    const prototype: unknown = Object.getPrototypeOf(object);
    const properties = new Array<string | undefined>(this.#names.length).fill(undefined);
    const keys: string[] = [];
    for (const key in object) {
      keys.push(key);
      const index = this.#indexByName.get(key) ?? this.#indexByName.get(key.toLowerCase());
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
    return { prototype, keys, properties };
  }
}

interface Shape {
  readonly prototype: unknown;
  readonly keys: readonly string[];
  readonly properties: PropertyNames;
}

function hasShape(object: object, shape: Shape): boolean {
  const { keys } = shape;
  let count = 0;
  for (const key in object) {
    if (key !== keys[count++]) return false;
  }
  return count === keys.length && Object.getPrototypeOf(object) === shape.prototype;
}
