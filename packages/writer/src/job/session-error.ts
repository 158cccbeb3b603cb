/** The code of an error of the session package, recognised by its name so that any copy of the package will do. */
export function sessionErrorCode(error: unknown): string | undefined {
  const isOne = error instanceof Error && error.name === "SessionError" && "code" in error;
  return isOne && typeof error.code === "string" ? error.code : undefined;
}

/** Whether a session takes no more blocks, so that it has to be looked at before anything else. */
export function isEndOfSession(error: unknown): boolean {
  return endsOfSession.has(sessionErrorCode(error));
}

const endsOfSession: ReadonlySet<string | undefined> = new Set([
  "no-such-session",
  "session-expired",
  "session-canceled",
  "session-closed",
  "session-closing",
  "session-critical",
]);
