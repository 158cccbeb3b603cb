import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { version } from "../src/version.ts";

const source = new URL("../src/", import.meta.url).pathname;

/** Every source file that is no test, by its path below src, with what it imports. */
const imports = new Map(
  readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => {
      const text = readFileSync(join(source, name), "utf8");
      return [name, [...text.matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)].map((match) => match[1]!)] as const;
    }),
);

it("signing imports nothing from outside its folder", () => {
  const signing = [...imports].filter(([name]) => name.startsWith("signing/"));
  expect(signing.length).toBeGreaterThan(8);
  for (const [, names] of signing) for (const name of names) expect(name).toMatch(/^\.\/[a-z0-9-]+\.ts$/);
});

it("ky is imported in one file, undici and node: only under node", () => {
  const importing = (pattern: RegExp) =>
    [...imports].filter(([, names]) => names.some((name) => pattern.test(name))).map(([name]) => name);
  expect(importing(/^ky$/)).toEqual(["ky-transport.ts"]);
  expect(importing(/^(undici|node:.*)$/)).toEqual(["node/agent.ts"]);
  expect(importing(/^@maxcompute-tunnel\//)).toEqual([]);
});

it("tells the service the version that package.json has", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(version).toBe(manifest.version);
});
