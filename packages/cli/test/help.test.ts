import { execFile, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import { createTunnel } from "maxcompute-tunnel";
import { describe, expect, it } from "vitest";
import { overview } from "../src/application.ts";
import { commandList } from "../src/command-list.ts";
import { modelOf } from "../src/command-model.ts";
import { manPage } from "../src/man-page.ts";
import { startWorkplace, type Workplace } from "./workplace.ts";

/** Cuts a line into words as a shell does; what stands behind `<` is what would be typed. */
function shellWords(line: string): { readonly argv: string[]; readonly input: string | undefined } {
  const [command = "", rest] = line.split(/\s[<>]\s/);
  const words = command.match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  return {
    argv: words.map((word) => word.replaceAll("'", "")),
    input: line.includes(" < ") ? rest : undefined,
  };
}

/** A workplace in which everything is there that examples speak of. */
async function prepare(): Promise<{ place: Workplace; sessionId: string; loadId: string }> {
  const place = await startWorkplace([
    "create table flights (id bigint, name string)",
    "create table sales (id bigint) partitioned by (dt string)",
    "create table orders (id bigint) partitioned by (dt string, region string)",
    "create table events (id bigint)",
    "create table log (at datetime)",
  ]);
  place.write("flights.csv", "id,name\n1,a\n");
  place.write("orders.csv", "id,dt,region\n1,2024-05-06,cn\n");
  place.write("day1.csv", "1\n");
  place.write("day2.csv", "2\n");
  place.write("events.jsonl", '{"id":1}\n');
  place.write("log.csv", "2024-05-06 07:08:09\n");
  place.write("data.txt", "1\n");
  place.write("table.sql", "create table t (id bigint, name string)");
  const columns = [
    { name: "id", type: "bigint" },
    { name: "name", type: "string" },
  ];
  place.write("block-0.bin", encodeRecords(columns, [{ id: 1n, name: "a" }]));
  const { endpoint, accessKeyId, accessKeySecret } = place.emulator;
  const credentials = { accessKeyId, accessKeySecret };
  await using tunnel = createTunnel({ endpoint, project: "proj", credentials });
  const session = await tunnel.createUploadSession("flights");
  for (const blockId of [0, 1, 2, 3]) await (await session.openRecordWriter(blockId)).close();
  const directory = journalDirectory(join(place.folder, ".local", "state", "mctunnel"));
  const { id: loadId, journal } = await directory.begin();
  const rejectsFile = join(place.folder, "rejects.jsonl");
  writeFileSync(rejectsFile, `${JSON.stringify({ raw: "1,a", format: "csv" })}\n`);
  const details = { argv: ["upload", "flights.csv", "proj.flights"], cwd: place.folder, rejectsFile };
  const table = { project: "proj", table: "flights" };
  await journal.append({ at: Date.now(), kind: "begun", table, overwrite: false, details }, { sync: true });
  await journal.close();
  const config = `[profiles.work]\nendpoint = "${endpoint}"\nproject = "proj"\naccess_id = "${accessKeyId}"\naccess_key = "${accessKeySecret}"\n`;
  writeFileSync(join(place.folder, "config.toml"), config, { mode: 0o600 });
  return { place, sessionId: session.getId(), loadId };
}

describe("every example of help", () => {
  const examples = commandList.flatMap(({ name, examples }) =>
    examples.map(({ input }) => `${name} ${input}`.trim()),
  );
  const general = [...overview.matchAll(/^ {2}mctunnel (.+)$/gm)].map(([, line]) => line!);

  it("has at least one for each command, and one in general", () => {
    for (const { name, examples: own } of commandList) expect([name, own.length > 0]).toEqual([name, true]);
    expect(general.length).toBeGreaterThan(0);
  });

  for (const line of [...examples, ...general]) {
    it(`runs: mctunnel ${line}`, async () => {
      const { place, sessionId, loadId } = await prepare();
      await using _closing = place;
      const actual = line.replace("202405060708091a2b3c", sessionId).replace(/upload-\d+t\d+z-\w+/, loadId);
      const { argv, input } = shellWords(actual);
      const asks = argv[0] === "configure" && (argv.length === 1 || argv[1] === "--profile");
      const world = {
        env: { ...place.env, MCTUNNEL_CONFIG: join(place.folder, "config.toml") },
        homeDirectory: place.folder,
        isPerson: asks,
        typed: asks ? ["https://e.example.com", "p", "id", "key", ""] : [input ?? "y"],
        now: Date.now,
      };
      const { exitCode, err } = await place.mctunnelIn(world, ...argv);
      expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
    });
  }
});

describe("help", () => {
  it.each(commandList.map(({ name }) => name))("of %s shows its examples and flags", async (name) => {
    await using place = await startWorkplace([]);
    const { exitCode, out } = await place.mctunnel(name, "--help");
    expect(exitCode).toBe(0);
    const { examples, flags } = modelOf(commandList.find((page) => page.name === name)!);
    for (const { input } of examples) expect(out).toContain(`mctunnel ${name} ${input}`.trimEnd());
    for (const { name: flag } of flags) if (!flag.startsWith("--no-")) expect(out).toContain(flag);
  });
});

describe("the man page", () => {
  it("is the one that the commands describe (node scripts/write-man-page.ts writes it)", () => {
    expect(readFileSync(new URL("../man/mctunnel.1", import.meta.url), "utf8")).toBe(manPage());
  });

  it("has a section for every command", () => {
    for (const { name } of commandList) {
      // A hyphen that is to be copied is written so.
      expect(manPage()).toContain(`.SS "mctunnel ${name.replaceAll("-", "\\-")} `);
    }
  });

  const hasGroff = spawnSync("groff", ["--version"]).status === 0;
  it.skipIf(!hasGroff)("is typeset without a complaint", async () => {
    const file = new URL("../man/mctunnel.1", import.meta.url).pathname;
    const { stdout, stderr } = await promisify(execFile)("groff", ["-man", "-Tascii", "-ww", file]);
    expect(stderr).toBe("");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: groff writes bold and underlined with control codes.
    const plain = stdout.replace(/\u001b\[[\d;]*m|.\u0008/g, "");
    expect(plain).toContain("mctunnel upload [flags] INPUT... PROJECT.TABLE[/pt=value]");
    expect(plain).toContain("--create-partition");
  });
});

describe("completion", () => {
  async function script(shell: string): Promise<string> {
    await using place = await startWorkplace([]);
    const { exitCode, out } = await place.mctunnel("completion", shell);
    expect(exitCode).toBe(0);
    return out;
  }

  it.each([
    ["mctunnel ", 1, /\bupload\b.*\binspect\b/],
    ["mctunnel up", 1, /^upload$/],
    ["mctunnel upload --ov", 2, /^--overwrite$/],
    ["mctunnel upload --compress ", 3, /^auto none zstd deflate snappy lz4$/],
    ["mctunnel configure ", 2, /^list get set delete use --profile/],
    ["mctunnel completion z", 2, /^zsh$/],
    ["mctunnel upload --project ", 3, /^$/],
  ])("in a real bash: %j", async (line, index, expected) => {
    const text = `${await script("bash")}
COMP_WORDS=(${line.trimEnd()}${line.endsWith(" ") ? " ''" : ""}); COMP_CWORD=${index}; _mctunnel; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-c", text]);
    expect(stderr).toBe("");
    expect(stdout.trim()).toMatch(expected);
  });

  it.each(["zsh", "fish"])("for %s names every command and flag, quoted", async (shell) => {
    const text = await script(shell);
    for (const page of commandList) {
      const { name, flags } = modelOf(page);
      expect(text).toContain(name);
      for (const { name: flag } of flags)
        expect(text).toContain(shell === "fish" ? `-l ${flag.slice(2)}` : flag);
    }
    // Outside comments quotes are closed on every line.
    for (const line of text.split("\n").filter((part) => !part.startsWith("#"))) {
      const quotes = line.replaceAll("'\\''", "").replaceAll("\\'", "").match(/'/g)?.length ?? 0;
      expect([line, quotes % 2]).toEqual([line, 0]);
    }
    const hasShell = spawnSync(shell, ["--version"]).status === 0;
    if (hasShell) expect(spawnSync(shell, ["-n"], { input: text }).status).toBe(0);
  });

  it("knows three shells", async () => {
    await using place = await startWorkplace([]);
    expect(await place.mctunnel("completion", "tcsh")).toMatchObject({ exitCode: 2 });
  });
});
