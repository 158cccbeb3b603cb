import { createHmac } from "node:crypto";
import type { SyncHmac } from "../../src/signing/index.ts";

/** node:crypto as a keyed hash that does not wait: what a server uses. */
export const nodeHmac: SyncHmac = {
  sha1: (key, data) => createHmac("sha1", key).update(data).digest(),
  sha256: (key, data) => createHmac("sha256", key).update(data).digest(),
};
