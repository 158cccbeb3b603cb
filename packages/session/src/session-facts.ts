import type { DocumentReader } from "./document-reader.ts";
import { SessionError } from "./errors.ts";

/** A session's id, which later becomes part of addresses and file names. */
export function sessionId(document: DocumentReader, name: string): string {
  const id = document.text(name);
  if (!isSessionId(id)) throw document.error(name, "a session id", id);
  return id;
}

/** Checks an id that the caller gives; returns it. @throws SessionError `invalid-argument`. */
export function checkGivenSessionId(id: string): string {
  if (isSessionId(id)) return id;
  const shown = id.length > 80 ? `${id.slice(0, 80)}…` : id;
  throw new SessionError("invalid-argument", `Expected a session id, got ${JSON.stringify(shown)}`);
}

function isSessionId(id: string): boolean {
  return id.length <= 256 && /^[\w.:@~+=-]+$/u.test(id) && !/^\.+$/u.test(id);
}

/** Refuses an answer about another session; one that names none is taken. */
export function checkSessionId(document: DocumentReader, name: string, expected: string): void {
  const id = document.optionalText(name) ?? "";
  if (id !== "" && id !== expected) throw document.error(name, JSON.stringify(expected), id);
}

/** The end of the 24 hours that began at `Initiated`, or `undefined` when that is no date. */
export function sessionExpiry(initiated: string | undefined): Date | undefined {
  const startMs = initiated === undefined ? Number.NaN : Date.parse(initiated);
  return Number.isNaN(startMs) ? undefined : new Date(startMs + sessionLifetimeMs);
}

const sessionLifetimeMs = 24 * 60 * 60 * 1000;
