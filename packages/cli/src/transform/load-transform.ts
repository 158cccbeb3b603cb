import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError } from "../errors.ts";
import type { RowTransform } from "./row-transform.ts";

/** A transform, and what tells one state of its module from another. */
export interface LoadedTransform {
  readonly name: string;
  readonly transform: RowTransform;
  readonly digest: string;
}

/**
 * Loads the module of a transform. Types in `.ts` are stripped by Node itself.
 *
 * @throws CliError `file-not-found`, `invalid-setting`
 */
export async function loadTransform(name: string, cwd: string): Promise<LoadedTransform> {
  const path = resolve(cwd, name);
  const text = await readFile(path).catch((cause: unknown) => {
    throw new CliError("file-not-found", `${name}: there is no such file.`, {
      cause,
      position: { file: name },
    });
  });
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isUnstripped = code === "ERR_UNKNOWN_FILE_EXTENSION";
    throw new CliError("invalid-setting", `${name}: the module cannot be loaded: ${message}`, {
      cause,
      next: isUnstripped ? "Node reads TypeScript by itself from 22.18 on; or write it as .mjs." : undefined,
    });
  }
  if (typeof module.default !== "function") {
    throw new CliError("invalid-setting", `${name}: expected a function as its default export.`, {
      next: "Write: export default (record) => ({ column: record.field });",
    });
  }
  const digest = createHash("sha256").update(text).digest("hex");
  return { name, transform: module.default as RowTransform, digest };
}
