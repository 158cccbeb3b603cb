const secretNames = /auth|token|secret|signature|password|credential|cookie|access-?key/i;
const removed = "[removed]";

/** Takes out of requests what must not be shown. */
export interface SecretRemover {
  /** Header fields in lower case; the values of those that carry proof of identity are replaced. */
  headers(fields: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string>;
  /** Path and query; the values of parameters that by their name carry proof of identity are replaced. */
  url(url: string): string;
}

/** Knows secrets by the names they go under, and `secrets` wherever they stand. */
export function secretRemover(secrets: readonly string[]): SecretRemover {
  const known = [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  const clean = (text: string): string =>
    known.reduce((cleaned, secret) => cleaned.replaceAll(secret, removed), text);

  return {
    headers: (fields) =>
      Object.fromEntries(
        Object.entries(fields).flatMap(([name, value]) => {
          if (value === undefined) {
            return [];
          }
          const text = typeof value === "string" ? value : value.join(", ");
          return [[name, secretNames.test(name) ? removed : clean(text)]];
        }),
      ),
    url(url) {
      const mark = url.indexOf("?");
      if (mark < 0) {
        return clean(url);
      }
      const parameters = url.slice(mark + 1).split("&");
      const cleaned = parameters.map((parameter) => {
        const equals = parameter.indexOf("=");
        return equals >= 0 && secretNames.test(parameter.slice(0, equals))
          ? `${parameter.slice(0, equals)}=${removed}`
          : clean(parameter);
      });
      return `${clean(url.slice(0, mark))}?${cleaned.join("&")}`;
    },
  };
}
