import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { importMapOf, importsOf } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const imports = await importMapOf(root);

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
  const found = await importsOf(root, "dist/index.js", "default");
  const packages = [...found].filter((name) => !name.startsWith("dist/"));
  expect(packages.sort()).toEqual([
    "@maxcompute-tunnel/codec",
    "@maxcompute-tunnel/codec/arrow",
    "@maxcompute-tunnel/service",
    "@maxcompute-tunnel/session",
    "@maxcompute-tunnel/transport",
    "@maxcompute-tunnel/writer",
  ]);
});

it("brings connections of its own on Node", async () => {
  expect([...(await importsOf(root, "dist/index.js", "node"))]).toContain(
    "@maxcompute-tunnel/transport/node",
  );
});
