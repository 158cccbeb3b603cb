import type { ApplicationAccount, Credentials } from "./signing/credentials.ts";

/** What must never be seen: keys, tokens, and the headers made of them. */
export interface SecretSources {
  readonly credentials: Credentials;
  readonly application?: ApplicationAccount | undefined;
  readonly signedHeaders: Readonly<Record<string, string>>;
}

/** Makes a function that takes every secret out of a text: services like to quote what they could not accept. */
export function redactor(
  { credentials, application, signedHeaders }: SecretSources,
  shortest: number = shortestSecret,
): (text: string) => string {
  const { date: _, ...secretHeaders } = signedHeaders;
  const secrets = [
    ...(credentials.kind === "bearer"
      ? [credentials.token]
      : [credentials.accessKeySecret, credentials.securityToken ?? ""]),
    application?.accessKeySecret ?? "",
    ...Object.values(secretHeaders).flatMap((value) => [value, value.slice(value.lastIndexOf(":") + 1)]),
  ].filter((secret) => secret.length >= shortest);
  // The longest first: a header holds its signature, and must go as a whole.
  secrets.sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}

/**
 * Makes a function that says whether an answer quotes a secret. Only secrets too long to be a word count: an answer that
 * happens to hold a word must not be refused.
 */
export function quotesSecrets(sources: SecretSources): (text: string) => boolean {
  const redact = redactor(sources, shortestQuoted);
  return (text) => redact(text) !== text;
}

/** Real keys have thirty characters, signatures twenty-eight and more. */
const shortestQuoted = 16;

/** Below this length a "secret" is a word like any other, and taking it out would only garble the text. */
const shortestSecret = 4;
