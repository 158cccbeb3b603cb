import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { workspaceRoot } from "./tool.ts";

export interface WorkspacePackage {
  readonly name: string;
  readonly folder: string;
}

/** Every package and app of the workspace. */
export async function workspacePackages(): Promise<readonly WorkspacePackage[]> {
  const found: WorkspacePackage[] = [];
  for (const kind of ["packages", "apps"]) {
    for (const entry of await readdir(join(workspaceRoot, kind), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const folder = join(workspaceRoot, kind, entry.name);
      const { name } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
        readonly name: string;
      };
      found.push({ name, folder });
    }
  }
  return found;
}
