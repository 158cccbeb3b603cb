import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { recordingIo } from "./recording-io.ts";

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "mctunnel-configure-"));
  file = join(home, ".mctunnel", "config.toml");
});
afterEach(() => rmSync(home, { recursive: true }));

async function configure(
  world: Parameters<typeof recordingIo>[0],
  ...argv: string[]
): Promise<{ exitCode: number; out: string; err: string; prompts: readonly string[] }> {
  const io = recordingIo({ homeDirectory: home, cwd: home, ...world });
  const exitCode = await run(["configure", ...argv], io);
  return { exitCode, out: io.out(), err: io.err(), prompts: io.prompts };
}

function write(text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o644 });
}

describe("asking", () => {
  it("writes a profile that only its owner may read", async () => {
    const typed = ["https://e.example.com/api/", "proj", "id", "hunter2", ""];
    const { exitCode, out, err, prompts } = await configure({ isPerson: true, typed }, "--profile", "work");
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: `Profile work is written to ${file}.\n` });
    expect(err).toContain("next: mctunnel doctor --profile work");
    expect(readFileSync(file, "utf8")).toBe(
      '[profiles.work]\nendpoint = "https://e.example.com/api"\nproject = "proj"\naccess_id = "id"\naccess_key = "hunter2"\n',
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(file))).toEqual(["config.toml"]);
    expect(prompts.filter((prompt) => prompt.endsWith("(secret)"))).toHaveLength(2);
  });

  it("shows what is there, but not secrets, and keeps or removes it", async () => {
    write(
      '[profiles.default]\nendpoint = "https://e"\nproject = "p"\naccess_id = "id"\naccess_key = "hunter2"\n',
    );
    const { err, out, prompts } = await configure({ isPerson: true, typed: ["", "-", "id2", "", ""] });
    expect(prompts.join("\n")).toContain("[https://e]");
    expect(prompts.join("\n")).toContain("(not shown) [set]");
    expect(`${prompts.join()}${out}${err}`).not.toContain("hunter2");
    expect(readFileSync(file, "utf8")).toBe(
      '[profiles.default]\nendpoint = "https://e"\naccess_id = "id2"\naccess_key = "hunter2"\n',
    );
  });

  it("asks again for an endpoint that is none, and writes nothing when the answers end", async () => {
    const { exitCode, err, prompts } = await configure({
      isPerson: true,
      typed: ["example.com", "https://e"],
    });
    expect(prompts.filter((prompt) => prompt.startsWith("Service endpoint"))).toHaveLength(2);
    expect(exitCode).toBe(2);
    expect(err).toContain("The answers ended early; nothing was written.");
    expect(() => statSync(file)).toThrow();
  });

  it("is refused where nobody can be asked", async () => {
    expect(await configure({})).toMatchObject({
      exitCode: 2,
      err: "error: Nobody can be asked: this is no terminal.\n  next: mctunnel configure set endpoint URL --profile default\n",
    });
  });
});

describe("set, get, list, use and delete", () => {
  it("change one value and leave comments, order and other profiles as they are", async () => {
    write(
      '# mine\nprofile = "b"\n\n[profiles.a] # first\nproject = "pa" # old\n\n[profiles.b]\nschema = "s"\n',
    );
    expect(await configure({}, "set", "project", 'it\'s "p"', "--profile", "a")).toMatchObject({
      exitCode: 0,
    });
    expect(await configure({}, "set", "region", "cn-shanghai")).toMatchObject({
      out: "region of profile b is set.\n",
    });
    expect(await configure({}, "use", "a")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, "utf8")).toBe(
      '# mine\nprofile = "a"\n\n[profiles.a] # first\nproject = "it\'s \\"p\\""\n\n[profiles.b]\nschema = "s"\nregion = "cn-shanghai"\n',
    );
    expect((await configure({}, "get", "project")).out).toBe('it\'s "p"\n');
    expect(await configure({}, "delete", "--profile", "a")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, "utf8")).toBe('# mine\n\n[profiles.b]\nschema = "s"\nregion = "cn-shanghai"\n');
  });

  it("leave a link to the file a link", async () => {
    write('[profiles.default]\nproject = "p"\n');
    renameSync(file, join(home, "mine.toml"));
    symlinkSync(join(home, "mine.toml"), file);
    expect(await configure({}, "set", "project", "q")).toMatchObject({ exitCode: 0 });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home, "mine.toml"), "utf8")).toBe('[profiles.default]\nproject = "q"\n');
    expect(statSync(join(home, "mine.toml")).mode & 0o777).toBe(0o600);
  });

  it("write a file anew where single lines do not do", async () => {
    write('profiles = { a = { project = "p" } }\n');
    expect(await configure({}, "set", "project", "q", "--profile", "a")).toMatchObject({ exitCode: 0 });
    expect((await configure({}, "get", "project", "--profile", "a")).out).toBe("q\n");
  });

  it("take a secret from standard input, never from the command line, and never give it back", async () => {
    expect(await configure({}, "set", "access_key", "hunter2")).toMatchObject({ exitCode: 2 });
    expect(() => statSync(file)).toThrow();
    const set = await configure({ typed: ["hunter2"] }, "set", "access_key");
    expect(set).toMatchObject({ exitCode: 0, out: "access_key of profile default is set.\n" });
    expect(readFileSync(file, "utf8")).toContain("hunter2");
    for (const argv of [
      ["list"],
      ["list", "--json"],
      ["get", "access_key"],
      ["get", "access_key", "--json"],
    ]) {
      const { out, err } = await configure({}, ...argv);
      expect(out + err).not.toContain("hunter2");
    }
    expect(JSON.parse((await configure({}, "list", "--json")).out)).toEqual({
      ok: true,
      command: "configure",
      file,
      profile: "default",
      profiles: { default: { access_key: "(set)" } },
    });
  });

  it.each([
    [["set", "endpiont", "x"], "did you mean endpoint?"],
    [["set", "endpoint", "example.com"], "has to be an http or https URL"],
    [["get", "endpoint"], 'has no profile "default"'],
    [["remove"], 'There is no "configure remove"'],
    [["toString"], 'There is no "configure toString"'],
    [["delete"], 'has no profile "default"'],
    [["use"], 'Expected "configure use PROFILE"'],
  ])("refuse %j", async (argv, message) => {
    const { exitCode, err } = await configure({}, ...argv);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});

describe("on a real terminal", () => {
  const hasScript = spawnSync("script", ["--version"]).status === 0;

  it.skipIf(!hasScript)("does not show a secret while it is typed", async () => {
    const bin = new URL("../dist/bin.js", import.meta.url).pathname;
    const child = spawn("script", ["-qec", `'${process.execPath}' '${bin}' configure`, "/dev/null"], {
      env: { PATH: process.env["PATH"], HOME: home, TERM: "dumb" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const answers: readonly (readonly [asked: string, typed: string])[] = [
      ["/api: ", "https://e.example.com/api"],
      ["Project: ", "proj"],
      ["key id: ", "my-id"],
      ["secret (not shown): ", "hunter2"],
      ["one (not shown): ", ""],
    ];
    let shown = "";
    let next = 0;
    for await (const chunk of child.stdout) {
      shown += String(chunk);
      const answer = answers[next];
      if (answer === undefined || !shown.includes(answer[0])) continue;
      next += 1;
      child.stdin.write(`${answer[1]}\r`);
    }
    child.stdin.end();
    expect(shown).toContain("my-id");
    expect(shown).not.toContain("hunter2");
    expect(readFileSync(file, "utf8")).toContain('access_key = "hunter2"');
  });

  it.skipIf(!hasScript)("ends on Ctrl-C at a secret, with nothing written", async () => {
    const bin = new URL("../dist/bin.js", import.meta.url).pathname;
    const command = `'${process.execPath}' '${bin}' configure set access_key`;
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      env: { PATH: process.env["PATH"], HOME: home, TERM: "dumb" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    let shown = "";
    let isTyped = false;
    for await (const chunk of child.stdout) {
      shown += String(chunk);
      if (isTyped || !shown.includes("access_key: ")) continue;
      isTyped = true;
      child.stdin.write("hunt\u0003");
    }
    child.stdin.end();
    expect(await ended).toEqual([130, null]);
    expect(shown).toContain("Stopped by Ctrl-C.");
    expect(shown).not.toContain("hunt");
    expect(() => statSync(file)).toThrow();
  });
});
