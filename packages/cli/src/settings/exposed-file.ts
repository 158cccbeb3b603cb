import { stat } from "node:fs/promises";
import { platform } from "node:os";
import { shellCommand } from "../report/shell-words.ts";

/** A word of warning when others than its owner may read a file that holds a key. */
export async function warnIfExposed(file: string): Promise<readonly string[]> {
  // On Windows the mode says nothing about who may read.
  if (platform() === "win32") return [];
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return [];
  return [`${file} holds a key and others may read it; run: ${shellCommand("chmod", "600", file)}`];
}
