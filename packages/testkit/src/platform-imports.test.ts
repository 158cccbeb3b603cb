import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { importsOf } from "./platform-imports.ts";

it("follows relative imports, the imports map of one platform, and each file once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "imports-"));
  const files = {
    "package.json": JSON.stringify({
      imports: { "#zip": { node: "./dist/node.js", default: "./dist/web.js" } },
    }),
    "dist/index.js": 'export { a } from "./a.js";\nimport { zip } from "#zip";\nawait import("later");\n',
    "dist/a.js": 'import "./index.js";\nimport b from "b";\nexport const a = b;\n',
    "dist/node.js": 'import { deflate } from "node:zlib";\n',
    "dist/web.js": "",
  };
  try {
    await mkdir(join(folder, "dist"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const found = async (platform: "node" | "default") =>
      [...(await importsOf(folder, "dist/index.js", platform))].sort();
    expect(await found("node")).toEqual([
      "b",
      "dist/a.js",
      "dist/index.js",
      "dist/node.js",
      "later",
      "node:zlib",
    ]);
    expect(await found("default")).toEqual(["b", "dist/a.js", "dist/index.js", "dist/web.js", "later"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
