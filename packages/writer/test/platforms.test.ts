import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const { imports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
  readonly imports: Readonly<Record<string, Readonly<Record<"types" | "node" | "default", string>>>>;
};

/** Everything that a built file imports, directly or not, when names in the imports map mean one platform. */
async function importsOf(entry: string, platform: "node" | "default"): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (found.has(relative(root, file))) return;
    found.add(relative(root, file));
    for (const [, name = ""] of (await readFile(file, "utf8")).matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)) {
      if (name.startsWith(".")) await visit(resolve(dirname(file), name));
      else if (name.startsWith("#")) await visit(join(root, imports[name]?.[platform] ?? name));
      else found.add(name);
    }
  };
  await visit(join(root, entry));
  return found;
}

it("has the same names behind both platforms of every imports map entry", async () => {
  expect(Object.keys(imports).length).toBeGreaterThan(0);
  for (const target of Object.values(imports)) {
    const [node, other] = await Promise.all(
      [target.node, target.default].map((file) => import(pathToFileURL(join(root, file)).href)),
    );
    expect(Object.keys(node)).toEqual(Object.keys(other));
    expect(target.types.replace("./src/", "./dist/").replace(/ts$/, "js")).toBe(target.default);
  }
});

it("needs nothing of Node outside Node", async () => {
  const found = await importsOf("dist/index.js", "default");
  const packages = [...found].filter((name) => !name.startsWith("dist/"));
  expect(packages.sort()).toEqual(["@maxcompute-tunnel/codec"]);
});

it("uses the platform's own zlib on Node", async () => {
  expect([...(await importsOf("dist/index.js", "node"))]).toContain("node:zlib");
});
