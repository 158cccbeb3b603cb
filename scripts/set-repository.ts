import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { workspaceRoot } from "./tool.ts";
import { workspacePackages } from "./workspace.ts";

/**
 * Writes where the sources live into every package about to be published: npm refuses provenance unless it is the
 * repository that the release runs in. Does nothing outside a release run.
 */
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
if (server !== undefined && repository !== undefined) {
  for (const { folder } of await workspacePackages()) {
    const file = join(folder, "package.json");
    const manifest = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    if (manifest["private"] === true) continue;
    const directory = relative(workspaceRoot, folder);
    manifest["repository"] = { type: "git", url: `git+${server}/${repository}.git`, directory };
    await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}
