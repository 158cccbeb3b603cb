import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runFirstExample } from "./readme-example.ts";

describe("the first example of a README", { timeout: 60_000 }, () => {
  let folder: string;

  beforeEach(async () => {
    const reports = fileURLToPath(new URL("../reports", import.meta.url));
    await mkdir(reports, { recursive: true });
    folder = await mkdtemp(join(reports, "package-"));
    const configuration = { extends: "../../tsconfig.json", include: ["src"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(configuration));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const example = async (readme: string, env?: Readonly<Record<string, string>>) => {
    const file = join(folder, "README.md");
    await writeFile(file, readme);
    return runFirstExample(file, folder, env);
  };

  it("is run with the environment it is given, and leaves nothing", async () => {
    const readme = `# P\n\n\`\`\`ts\nconsole.log(process.env["WHO"]);\nconsole.error(1 as number);\n\`\`\`\n\n\`\`\`ts\n!\n\`\`\`\n`;
    expect(await example(readme, { WHO: "Ada" })).toEqual({ stdout: "Ada\n", stderr: "1\n" });
    expect((await readdir(folder)).sort()).toEqual(["README.md", "tsconfig.json"]);
  });

  it("fails with the compiler's words when it does not compile", async () => {
    await expect(example('```ts\nconst one: number = "1";\nconsole.log(one);\n```\n')).rejects.toThrow(
      "error TS2322",
    );
  });

  it("fails with its own words when it does not run", async () => {
    await expect(example('```ts\nthrow new Error("no such table");\n```\n')).rejects.toThrow("no such table");
  });

  it("must exist", async () => {
    await expect(example("# P\n")).rejects.toThrow("Expected a TypeScript block");
  });
});
