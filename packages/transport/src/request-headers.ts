import { TunnelError } from "./errors.ts";

/** Header sets put together, later ones winning, with lower-case names and values as they will be on the wire. */
export function mergeHeaders(
  operation: string,
  ...sets: readonly (Readonly<Record<string, string>> | undefined)[]
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = {};
  for (const set of sets) {
    for (const [name, value] of Object.entries(set ?? {})) {
      const lower = name.toLowerCase();
      if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(lower)) {
        throw unsendable(operation, "invalid-request", `a header is named ${JSON.stringify(name)}`);
      }
      if (!isSendable(value)) {
        const advice = "percent-encode what is not visible ASCII";
        throw unsendable(
          operation,
          "invalid-request",
          `the header ${lower} has a character in it that no header can carry; ${advice}`,
        );
      }
      merged[lower] = value.trim();
    }
  }
  return merged;
}

/** Refuses a key or token that no header can carry, without saying what it is: fetch would print it. */
export function checkSecret(operation: string, what: string, secret: unknown): void {
  if (typeof secret === "string" && secret !== "" && isSendable(secret) && secret.trim() === secret) return;
  const why = !secret
    ? "is missing or empty"
    : "has a blank, line break or other character around or in it that no header can carry";
  throw unsendable(operation, "credentials", `the ${what} ${why}`);
}

function isSendable(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value);
}

function unsendable(
  operation: string,
  code: "invalid-request" | "credentials",
  message: string,
): TunnelError {
  return new TunnelError(message, { code, operation, attempts: 0 });
}
