import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

/** What an entry of a package's imports map may mean. */
export type Platform = "node" | "default";

/** A package's imports map: for each name the file of each platform, and that of its types. */
export type ImportMap = Readonly<Record<string, Readonly<Record<Platform | "types", string>>>>;

/** Reads the imports map of the package in a folder. */
export async function importMapOf(folder: string): Promise<ImportMap> {
  const { imports } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    readonly imports: ImportMap;
  };
  return imports;
}

/**
 * Everything that a built file imports, directly or not, when names in the imports map mean one platform: files by
 * their path in the package, packages and Node's modules by their name.
 */
export async function importsOf(
  folder: string,
  entry: string,
  platform: Platform,
): Promise<ReadonlySet<string>> {
  const imports = await importMapOf(folder);
  const found = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (found.has(relative(folder, file))) return;
    found.add(relative(folder, file));
    for (const [, name = ""] of (await readFile(file, "utf8")).matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)) {
      if (name.startsWith(".")) await visit(resolve(dirname(file), name));
      else if (name.startsWith("#")) await visit(join(folder, imports[name]?.[platform] ?? name));
      else found.add(name);
    }
  };
  await visit(join(folder, entry));
  return found;
}
