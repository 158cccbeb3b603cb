import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

it("the README's first example compiles, runs and prints what it says", () => {
  const [example, output] = codeBlocks(readFileSync(`${root}README.md`, "utf8"));
  expect(example?.language).toBe("ts");
  // Inside the package, where its name leads to what was built.
  const folder = `${root}reports/readme`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/example.ts`, example?.code ?? "");
  const compilerOptions = { noEmit: true, types: ["node"], declaration: false, isolatedDeclarations: false };
  const config = {
    extends: "../../../../tsconfig.base.json",
    compilerOptions: { ...compilerOptions, declarationMap: false },
    include: ["."],
  };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
  execFileSync(`${root}node_modules/.bin/tsc`, ["-p", folder], { stdio: "pipe" });
  const printed = execFileSync(process.execPath, [`${folder}/example.ts`], { encoding: "utf8" });
  expect(printed).toBe(output?.code);
});

function codeBlocks(markdown: string): { readonly language: string; readonly code: string }[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));
}
