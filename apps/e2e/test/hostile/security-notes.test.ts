import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../../../../", import.meta.url);

it("what SECURITY.md says is defended names the tests that show it, all of which exist", () => {
  const text = readFileSync(new URL("SECURITY.md", root), "utf8");
  const section = /^## What is defended[^\n]*\n(.*?)^## /ms.exec(text)?.[1] ?? "";
  const claims = section.split(/^\* /m).slice(1);
  expect(claims.length).toBeGreaterThanOrEqual(8);
  for (const claim of claims) {
    const named = [...claim.matchAll(/\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
    expect(
      named.filter((path) => /\.test\.ts$|^apps\/fuzz$/.test(path)),
      claim,
    ).not.toEqual([]);
    expect(
      named.filter((path) => !existsSync(new URL(path, root))),
      claim,
    ).toEqual([]);
  }
});
