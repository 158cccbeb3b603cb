import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { InputFingerprint } from "@maxcompute-tunnel/writer";
import { explainReadError } from "./explain-read-error.ts";
import type { FoundInput } from "./found-input.ts";

/**
 * What an input is recognised by: its name, size, time, and a digest of its first and last 64 KiB, which costs the same
 * for every file. A pipe has nothing but its name.
 */
export async function fingerprintOf(input: FoundInput): Promise<InputFingerprint> {
  const { name, path, file } = input;
  if (file === undefined) return { name };
  const hash = createHash("sha256");
  const handle = await open(path).catch((error: unknown) => {
    throw explainReadError(name, error);
  });
  try {
    const buffer = new Uint8Array(endBytes);
    for (const at of new Set([0, Math.max(0, file.size - endBytes)])) {
      const { bytesRead } = await handle.read(buffer, 0, endBytes, at);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    throw explainReadError(name, error);
  } finally {
    await handle.close();
  }
  const digest = `sha256-of-ends:${hash.digest("hex")}`;
  return { name, size: file.size, modifiedMs: file.modifiedMs, digest };
}

const endBytes = 64 * 1024;
