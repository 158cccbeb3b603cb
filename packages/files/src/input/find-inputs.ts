import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { FilesError } from "../errors.ts";
import type { FileInput, FindOptions } from "../options.ts";
import { explainReadError } from "./explain-read-error.ts";
import type { FoundInput } from "./found-input.ts";

/**
 * Finds the inputs behind names, directories and patterns.
 *
 * A name that exists is what it says, even if it looks like a pattern. Directories are searched to any depth and
 * leave out names that begin with a dot. What one directory or pattern stands for comes in the order of its path's
 * characters, and a file that came before does not come again.
 *
 * @throws FilesError `file-not-found`, `file-unreadable`, `not-a-file`
 */
export async function findInputs(
  inputs: readonly (string | FileInput)[],
  options: FindOptions = {},
): Promise<readonly FoundInput[]> {
  const cwd = resolve(options.cwd ?? ".");
  const found: FoundInput[] = [];
  const seen = new Set<string>();
  for (const given of inputs) {
    const { path, name = path } = typeof given === "string" ? { path: given } : given;
    if (path === "-") {
      found.push({ name, path, file: undefined });
      continue;
    }
    const place = resolve(cwd, path);
    const state = await stat(place).catch(async (error: unknown) => {
      if ((await patterns()).isDynamicPattern(path)) return undefined;
      throw explainReadError(name, error);
    });
    if (state !== undefined && !state.isDirectory()) {
      found.push(await lookAt(name, place));
      seen.add(place);
      continue;
    }
    const paths =
      state === undefined ? await matching(path, cwd, options) : await filesIn(place, cwd, options);
    if (paths.length === 0) {
      const what = state === undefined ? "no file matches it" : "there is no file in it that is wanted";
      throw new FilesError("file-not-found", `${name}: ${what}.`, { position: { file: name } });
    }
    for (const inside of paths) {
      const insidePlace = resolve(cwd, inside);
      if (seen.has(insidePlace)) continue;
      seen.add(insidePlace);
      found.push(await lookAt(inside, insidePlace));
    }
  }
  return found;
}

async function lookAt(name: string, path: string): Promise<FoundInput> {
  try {
    const state = await stat(path);
    await access(path, constants.R_OK);
    if (state.isDirectory() || state.isSocket()) {
      throw new FilesError("not-a-file", `${name} is neither a file nor a pipe.`, {
        position: { file: name },
      });
    }
    const file = state.isFile() ? { size: state.size, modifiedMs: state.mtimeMs } : undefined;
    return { name, path, file };
  } catch (error) {
    throw explainReadError(name, error);
  }
}

async function filesIn(folder: string, cwd: string, options: FindOptions): Promise<readonly string[]> {
  const { glob } = await patterns();
  const found = await glob(anyDepth(options.include ?? ["**"]), {
    cwd: folder,
    ignore: anyDepth(options.exclude ?? []),
    expandDirectories: false,
  });
  const shown = relative(cwd, folder);
  return sorted(found).map((path) => (shown.startsWith("..") ? join(folder, path) : join(shown, path)));
}

async function matching(pattern: string, cwd: string, options: FindOptions): Promise<readonly string[]> {
  const { glob } = await patterns();
  const ignore = anyDepth(options.exclude ?? []);
  const found = await glob(pattern, { cwd, ignore, expandDirectories: false });
  if (options.include === undefined) return sorted(found);
  const wanted = await glob(anyDepth(options.include), { cwd, ignore, expandDirectories: false });
  const known = new Set(wanted);
  return sorted(found.filter((path) => known.has(path)));
}

/** Loaded when the first one is met: most loads are of files by their names, and this takes longer than finding those. */
function patterns(): Promise<typeof import("tinyglobby")> {
  return import("tinyglobby");
}

/** A pattern without a slash means a file's name, wherever it lies. */
function anyDepth(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => (pattern.includes("/") ? pattern : `**/${pattern}`));
}

/** By the characters' codes, so that every machine and locale has the same order. */
function sorted(paths: readonly string[]): readonly string[] {
  return [...paths].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}
