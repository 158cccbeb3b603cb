import { EmulatorError } from "../errors.ts";

/** Bounds of a number, both included. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** Reads the members of an object that came from outside; what does not fit is refused with its path. */
export class Fields {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #read = new Set<string>();

  /** @throws EmulatorError `invalid-fault` unless `value` is an object */
  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw unfit(path, "an object", value);
    }
    this.#path = path;
    this.#members = value as Readonly<Record<string, unknown>>;
  }

  /** A member as it is; `undefined` where it is missing. */
  take(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  /** Where a member stands, for messages. */
  path(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  text(name: string): string | undefined {
    const value = this.take(name);
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw unfit(this.path(name), "a text", value);
    }
    return value as string | undefined;
  }

  integer(name: string, bounds: Bounds): number | undefined {
    const value = this.take(name);
    return value === undefined ? undefined : integer(value, this.path(name), bounds);
  }

  /** A whole number, or a list of some. */
  integers(name: string, bounds: Bounds): number | readonly number[] | undefined {
    const value = this.take(name);
    if (!Array.isArray(value)) {
      return value === undefined ? undefined : integer(value, this.path(name), bounds);
    }
    this.#checkList(name, value);
    return value.map((one: unknown, index) => integer(one, `${this.path(name)}[${index}]`, bounds));
  }

  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.take(name);
    return value === undefined ? undefined : choice(value, this.path(name), choices);
  }

  /** A word out of some, or a list of them. */
  choices(name: string, choices: readonly string[]): string | readonly string[] | undefined {
    const value = this.take(name);
    if (!Array.isArray(value)) {
      return value === undefined ? undefined : choice(value, this.path(name), choices);
    }
    this.#checkList(name, value);
    return value.map((one: unknown, index) => choice(one, `${this.path(name)}[${index}]`, choices));
  }

  /** The value of a member that has to be there. */
  needed<T>(name: string, value: T | undefined, expected: string): T {
    if (value === undefined) {
      throw unfit(this.path(name), expected, undefined);
    }
    return value;
  }

  /** @throws EmulatorError `invalid-fault` when there are members that nobody asked for */
  end(): void {
    for (const name of Object.keys(this.#members)) {
      if (!this.#read.has(name)) {
        const known = [...this.#read].join(", ");
        throw invalid(this.path(name), `There is no ${this.path(name)}; there are ${known}`);
      }
    }
  }

  #checkList(name: string, list: readonly unknown[]): void {
    if (list.length === 0) {
      throw unfit(this.path(name), "a list of at least one", list);
    }
  }
}

/** The error for a value that is not what it should be. */
export function unfit(path: string, expected: string, got: unknown): EmulatorError {
  const told = got === undefined ? "nothing" : (JSON.stringify(got)?.slice(0, 100) ?? typeof got);
  return invalid(path, `Expected ${path === "" ? "the rule" : path} to be ${expected}, got ${told}`);
}

function invalid(path: string, message: string): EmulatorError {
  return new EmulatorError("invalid-fault", message, { path });
}

function integer(value: unknown, path: string, { from, to }: Bounds): number {
  if (!Number.isInteger(value) || (value as number) < from || (value as number) > to) {
    throw unfit(path, `a whole number from ${from} to ${to}`, value);
  }
  return value as number;
}

function choice<Choice extends string>(value: unknown, path: string, choices: readonly Choice[]): Choice {
  if (!choices.includes(value as Choice)) {
    throw unfit(path, `one of ${choices.join(", ")}`, value);
  }
  return value as Choice;
}
