import { ServiceError, type ServiceErrorFacts } from "./errors.ts";

/** Reads members of the JSON that the service puts inside its XML; `null` counts as absent. */
export interface SchemaJson {
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  /** A whole number from 0; negative ones mean "not known" to the service. */
  count(name: string): number | undefined;
  /** A time in seconds since 1970; 0 means never. */
  seconds(name: string): Date | undefined;
  objects(name: string): readonly SchemaJson[];
  error(name: string, expected: string): ServiceError;
}

/** Parses the JSON text of a `<Schema>`. @throws ServiceError `invalid-response`. */
export function readSchemaJson(text: string, facts: ServiceErrorFacts): SchemaJson {
  try {
    return readObject(JSON.parse(text), "Schema", facts);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError("invalid-response", `${facts.operation}: Schema: Expected JSON`, {
      ...facts,
      cause,
    });
  }
}

/** A time in seconds since 1970; `undefined` for 0 and for what is no time. */
export function readEpochSeconds(seconds: number): Date | undefined {
  const date = new Date(seconds * 1000);
  return seconds > 0 && !Number.isNaN(date.getTime()) ? date : undefined;
}

function readObject(value: unknown, path: string, facts: ServiceErrorFacts): SchemaJson {
  const failure = (at: string, expected: string): ServiceError =>
    new ServiceError("invalid-response", `${facts.operation}: ${at}: Expected ${expected}`, facts);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw failure(path, "an object");
  const members = value as Readonly<Record<string, unknown>>;
  const member = (name: string): unknown =>
    Object.hasOwn(members, name) ? (members[name] ?? undefined) : undefined;
  const error = (name: string, expected: string): ServiceError => failure(`${path}.${name}`, expected);
  const wholeNumber = (name: string): number | undefined => {
    const found = member(name);
    if (found === undefined || (typeof found === "number" && Number.isSafeInteger(found))) return found;
    throw error(name, "a whole number");
  };
  return {
    error,
    text: (name) => {
      const found = member(name);
      if (found === undefined || typeof found === "string") return found;
      throw error(name, "text");
    },
    flag: (name) => {
      const found = member(name);
      if (found === undefined || typeof found === "boolean") return found;
      throw error(name, "true or false");
    },
    count: (name) => {
      const found = wholeNumber(name);
      return found === undefined || found < 0 ? undefined : found;
    },
    seconds: (name) => readEpochSeconds(wholeNumber(name) ?? 0),
    objects: (name) => {
      const found = member(name) ?? [];
      if (!Array.isArray(found)) throw error(name, "a list");
      if (found.length > listLimit) throw error(name, `at most ${listLimit} entries, got ${found.length}`);
      return found.map((entry: unknown, index) => readObject(entry, `${path}.${name}[${index}]`, facts));
    },
  };
}

/** Far above the service's 1200 columns, and low enough that a hostile answer stays small. */
const listLimit = 10_000;
