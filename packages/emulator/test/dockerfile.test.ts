import { readFile } from "node:fs/promises";
import { validate } from "dockerfile-utils";
import { expect, it } from "vitest";
import { parseCommand } from "../src/command.ts";
import { resolveOptions } from "../src/resolve-options.ts";

const dockerfile = await readFile(new URL("../Dockerfile", import.meta.url), "utf8");

/** The arguments of every instruction of a name, with continued lines joined. */
function instructions(name: string): readonly string[] {
  const lines = dockerfile.replaceAll("\\\n", " ").split("\n");
  return lines
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1).trim());
}

it("has nothing to complain about", () => {
  expect(
    validate(dockerfile).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`),
  ).toEqual([]);
});

it("runs the emulator without root, where other machines reach it and data stay", () => {
  expect(instructions("USER")).toEqual(["node"]);
  const [node, bin, ...args] = JSON.parse(instructions("ENTRYPOINT")[0] ?? "") as string[];
  expect([node, bin]).toEqual(["node", "/emulator/dist/bin.js"]);
  const command = parseCommand(args);
  expect(command).toMatchObject({
    kind: "run",
    options: { host: "0.0.0.0", allowRemote: true, port: 8080, dataDir: "/data" },
  });
  expect(resolveOptions(command.kind === "run" ? command.options : {})).toMatchObject({ port: 8080 });
  expect(instructions("VOLUME")).toEqual(['["/data"]']);
  expect(instructions("EXPOSE")).toEqual(["8080"]);
});

it("pins the Node and the pnpm that the repository pins", async () => {
  const root = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
  const images = instructions("FROM");
  expect(images).toHaveLength(2);
  for (const image of images) {
    expect(image).toContain(`node:${root.devDependencies.node}-`);
  }
  const used = [...dockerfile.matchAll(/pnpm@[\d.]+/g)].map(([name]) => name);
  expect(new Set(used)).toEqual(new Set([root.packageManager]));
});
