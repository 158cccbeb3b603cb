import { inspect } from "node:util";

/** So many errors of a test are looked at as a log would show them, with their causes; of the others, the message. */
const inspectedErrors = 200;

/** Keeps every error that code loaded after this makes, until they are taken. */
export function watchErrors(): { take(look: (text: string) => void): void } {
  let made: Error[] = [];
  const keep = (error: Error): void => {
    if (made.length < 20_000) made.push(error);
  };
  for (const name of [
    "Error",
    "TypeError",
    "RangeError",
    "AggregateError",
    "SyntaxError",
    "URIError",
  ] as const) {
    const known = globalThis[name] as unknown as new (...args: unknown[]) => Error;
    // Classes that extend it come through here as well.
    (globalThis as Record<string, unknown>)[name] = new Proxy(known, {
      construct(target, args, newTarget) {
        const error = Reflect.construct(target, args, newTarget) as Error;
        // As if nothing had come in between.
        Error.captureStackTrace(error, newTarget);
        keep(error);
        return error;
      },
      apply(target, _self, args) {
        const error = Reflect.construct(target, args) as Error;
        keep(error);
        return error;
      },
    });
  }
  return {
    take(look) {
      const errors = made;
      made = [];
      let inspected = 0;
      for (const error of errors) {
        if (quotesItsText(error)) continue;
        look(error.message);
        if (!isOurs(error) || ++inspected > inspectedErrors) continue;
        look(inspect({ ...error, cause: error.cause }, { depth: 8, maxStringLength: 20_000 }));
      }
    },
  };
}

/** What a parser of ours says of a text by quoting it: whoever catches it must not pass it on, as a cause or otherwise. */
function quotesItsText(error: Error): boolean {
  return error.constructor.name === "TomlError";
}

/** Errors that reach the caller; others are caught on the way, and a caller sees of them what is a cause of ours. */
function isOurs({ name }: Error): boolean {
  return /^(?:Tunnel|Session|Service|Writer|Files|Cli|Emulator|Codec)Error$|^Refusal$/.test(name);
}
