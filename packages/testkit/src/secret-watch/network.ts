import type { createHmac } from "node:crypto";
import diagnostics from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { SecretSearch } from "./secret-search.ts";

/** Collects every key that signs anything, what it signs with it, and the tokens of requests that servers here get. */
export function collectSecrets(search: SecretSearch): void {
  const nodeCrypto = createRequire(import.meta.url)("node:crypto") as { createHmac: typeof createHmac };
  const original = nodeCrypto.createHmac;
  nodeCrypto.createHmac = ((algorithm: string, key: unknown, options?: never) => {
    if (typeof key === "string") search.addText(key);
    else if (key instanceof Uint8Array) search.addKey(key);
    const hmac = original(algorithm, key as never, options);
    const digest = hmac.digest.bind(hmac) as (encoding?: "base64") => Buffer;
    hmac.digest = ((encoding?: BufferEncoding) => {
      const bytes = digest();
      search.addSignature(bytes);
      return encoding === undefined ? bytes : bytes.toString(encoding);
    }) as typeof hmac.digest;
    return hmac;
  }) as typeof createHmac;
  syncBuiltinESMExports();

  const { importKey, sign } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.importKey = function (this: typeof crypto.subtle, ...args: unknown[]) {
    const [format, key] = args;
    if (format === "raw" && key instanceof Uint8Array) search.addKey(key.slice());
    return importKey.apply(this, args as never) as never;
  };
  SubtleCrypto.prototype.sign = async function (
    this: typeof crypto.subtle,
    ...args: Parameters<typeof sign>
  ) {
    const signature = await sign.apply(this, args);
    search.addSignature(new Uint8Array(signature));
    return signature;
  };

  diagnostics.subscribe("http.server.request.start", (message) => {
    const { headers } = (message as { readonly request: IncomingMessage }).request;
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value !== "string" || !secretHeaders.test(name)) continue;
      search.addText(value);
      for (const part of value.split(/[\s,]+/))
        if (part.length > 12) search.addText(part.slice(part.lastIndexOf(":") + 1));
    }
  });
}

const secretHeaders =
  /^(?:authorization|authorization-sts-token|application-authentication|x-odps-bearer-token)$/;
