import type { DocumentReader } from "./document-reader.ts";

/** A session's id, which later becomes part of addresses and file names. */
export function sessionId(document: DocumentReader, name: string): string {
  const id = document.text(name);
  if (id.length > 256 || !/^[\w.:-]+$/u.test(id)) throw document.error(name, "a session id", id);
  return id;
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
