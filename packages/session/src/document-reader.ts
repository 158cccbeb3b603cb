import { SessionError } from "./errors.ts";

/**
 * Reads members of a JSON answer, each with a check of its type, so that what a server sends wrongly becomes an
 * error naming the member and never a wrong value further in. Members nobody asks for are ignored; `null` counts
 * as absent.
 */
export interface DocumentReader {
  /** Where this object is in the answer, e.g. "Schema.columns[3]"; empty for the answer itself. */
  readonly path: string;
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** A whole number from 0 to 2^53 - 1. */
  count(name: string): number;
  optionalCount(name: string): number | undefined;
  optionalFlag(name: string): boolean | undefined;
  object(name: string): DocumentReader;
  /** The objects of a list with at most `limit` entries; an absent list is empty. */
  objects(name: string, limit: number): readonly DocumentReader[];
  /** A member as it came, `undefined` when absent. */
  raw(name: string): unknown;
  error(name: string, expected: string, got: unknown): SessionError;
}

/** Wraps a parsed JSON answer. @throws SessionError `invalid-response` when it is not an object. */
export function readDocument(value: unknown, path = ""): DocumentReader {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SessionError(
      "invalid-response",
      `The server's answer: Expected ${path === "" ? "a JSON object" : `an object at ${path}`}, got ${describe(value)}`,
      { member: path },
    );
  }
  const members = value as Readonly<Record<string, unknown>>;
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const error = (name: string, expected: string, got: unknown): SessionError =>
    new SessionError(
      "invalid-response",
      `The server's answer, ${at(name)}: Expected ${expected}, got ${describe(got)}`,
      {
        member: at(name),
      },
    );
  const raw = (name: string): unknown =>
    Object.hasOwn(members, name) ? (members[name] ?? undefined) : undefined;
  const typed =
    <T>(expected: string, check: (member: unknown) => member is T) =>
    (name: string): T | undefined => {
      const member = raw(name);
      if (member === undefined || check(member)) return member;
      throw error(name, expected, member);
    };
  const optionalText = typed("text", (member): member is string => typeof member === "string");
  const optionalCount = typed("a whole number", isCount);
  const optionalFlag = typed("true or false", (member): member is boolean => typeof member === "boolean");

  return {
    path,
    raw,
    error,
    optionalText,
    optionalCount,
    optionalFlag,
    text: (name) => optionalText(name) ?? fail(error(name, "text", raw(name))),
    count: (name) => optionalCount(name) ?? fail(error(name, "a whole number", raw(name))),
    object: (name) => readDocument(raw(name), at(name)),
    objects: (name, limit) => {
      const list = raw(name) ?? [];
      if (!Array.isArray(list)) throw error(name, "a list", list);
      if (list.length > limit) throw error(name, `at most ${limit} entries`, list);
      return list.map((entry: unknown, index) => readDocument(entry, `${at(name)}[${index}]`));
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function fail(error: SessionError): never {
  throw error;
}

/** A short, safe picture of an unexpected value. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
