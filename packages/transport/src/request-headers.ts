import { TunnelError } from "./errors.ts";

/** Header sets put together, later ones winning, with lower-case names and values as they will be on the wire. */
export function mergeHeaders(
  operation: string,
  ...sets: readonly (Readonly<Record<string, string>> | undefined)[]
): Readonly<Record<string, string>> {
  const refused = { code: "invalid-request", operation, attempts: 0 } as const;
  const merged: Record<string, string> = {};
  for (const set of sets) {
    for (const [name, value] of Object.entries(set ?? {})) {
      const lower = name.toLowerCase();
      if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(lower)) {
        throw new TunnelError(`a header is named ${JSON.stringify(name)}`, refused);
      }
      if (!isSendable(value)) {
        const advice = "percent-encode what is not visible ASCII";
        throw new TunnelError(
          `the header ${lower} has a character in it that no header can carry; ${advice}`,
          refused,
        );
      }
      merged[lower] = value.trim();
    }
  }
  return merged;
}

/** Refuses a key or token that no header can carry, without saying what it is: fetch would print it. */
export function checkSecret(
  what: string,
  secret: unknown,
  { operation, attempts }: { readonly operation: string; readonly attempts: number },
): void {
  if (typeof secret === "string" && secret !== "" && isSendable(secret) && secret.trim() === secret) return;
  const why = !secret
    ? "is missing or empty"
    : "has a blank, line break or other character around or in it that no header can carry";
  throw new TunnelError(`the ${what} ${why}`, { code: "credentials", operation, attempts });
}

function isSendable(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value);
}
