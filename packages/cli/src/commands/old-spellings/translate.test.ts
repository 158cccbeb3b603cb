import { describe, expect, it } from "vitest";
import { translateOldCommand } from "./translate.ts";
import type { OldWorld } from "./translation.ts";

const world: OldWorld = { localZone: "Asia/Shanghai" };
const plain = [
  "--format",
  "csv",
  "--no-quote",
  "--no-header",
  "--time-zone",
  "Asia/Shanghai",
  "--round-decimals",
  "--compress",
  "deflate",
];

function translated(words: readonly string[], around: OldWorld = world): readonly string[] {
  const translation = translateOldCommand(words, around);
  if (translation.kind === "refused") throw new Error(translation.message);
  return translation.argv;
}

/** What `tunnel upload data.txt t` with these options becomes, compared with the same without any. */
function change(...options: string[]): { added: readonly string[]; gone: readonly string[]; notes: number } {
  const translation = translateOldCommand(["upload", "data.txt", "t", ...options], world);
  if (translation.kind === "refused") throw new Error(translation.message);
  const flags = translation.argv.slice(3);
  return {
    added: flags.filter((flag) => !plain.includes(flag)),
    gone: plain.filter((flag) => !flags.includes(flag)),
    notes: translation.notes.length,
  };
}

function refusal(...words: string[]): string {
  const translation = translateOldCommand(words, world);
  if (translation.kind === "command") throw new Error(translation.argv.join(" "));
  return translation.message;
}

describe("tunnel upload", () => {
  it("without options splits text at commas, takes no header and reads times in the machine's zone", () => {
    expect(translated(["upload", "data.txt", "t"])).toEqual(["upload", "data.txt", "t", ...plain]);
    expect(translated(["u", "data.txt", "t"])).toEqual(["upload", "data.txt", "t", ...plain]);
  });

  it.each<[options: string[], added: string[], gone: string[], notes: number]>([
    [["-field-delimiter", "||"], ["--delimiter", "||"], [], 0],
    [["-fd=\\u0001"], ["--delimiter", "\\x01"], [], 0],
    [["-fd", "\\t"], ["--delimiter", "\\t"], [], 0],
    [["-fd", "\\x01"], ["--delimiter", "\\\\x01"], [], 1],
    [["-record-delimiter", "\\r\\n"], ["--record-delimiter", "\\r\\n"], [], 0],
    [["-rd", "a \\t\\n\\u0001\\r\\n\\u0003"], ["--record-delimiter", "a \\t\\n\\x01\\r\\n\\x03"], [], 0],
    [["-charset", "gbk"], ["--encoding", "gbk"], [], 0],
    [["-c", "ignore"], [], [], 0],
    [["-date-format-pattern", "yyyy-MM-dd"], ["--datetime-format", "yyyy-MM-dd"], [], 0],
    [["-dfp", "yyyyMMddHHmmss"], ["--datetime-format", "yyyyMMddHHmmss"], [], 0],
    [["-null-indicator", "NULL"], ["--null", "NULL"], [], 0],
    [["-ni", ""], [], [], 0],
    [["-time-zone", "Europe/Paris"], ["Europe/Paris"], ["Asia/Shanghai"], 0],
    [["-tz=GMT+6"], ["+06:00"], ["Asia/Shanghai"], 0],
    [["-header", "true"], ["--header"], ["--no-header"], 1],
    [["-h", "false"], [], [], 0],
    [["-csv-format", "true"], [], ["--no-quote"], 0],
    [["-cf", "true", "-fd", "|"], ["--delimiter", "|"], ["--no-quote"], 1],
    [["-scan", "only"], ["--dry-run"], [], 0],
    [["-s", "true"], [], [], 1],
    [["-s", "false"], [], [], 1],
    [["-discard-bad-records", "true"], ["--max-rejects", "1000"], [], 0],
    [["-dbr", "true", "-mbr", "5"], ["--max-rejects", "5"], [], 0],
    [["-dbr", "false"], [], [], 0],
    [["-max-bad-records", "5"], [], [], 1],
    [["-strict-schema", "false"], ["--no-strict"], [], 0],
    [["-ss", "true"], [], [], 0],
    [["-block-size", "100"], ["--block-size", "100MiB"], [], 0],
    [["-bs", "1"], ["--block-size", "1MiB"], [], 0],
    [["-threads", "4"], ["--parallel", "4"], [], 0],
    [["-t", "200"], ["--parallel", "64"], [], 1],
    [["-auto-create-partition", "true"], ["--create-partition"], [], 0],
    [["-acp", "true"], ["--create-partition"], [], 0],
    [["-overwrite", "true"], ["--overwrite"], [], 0],
    [["-ow=true"], ["--overwrite"], [], 0],
    [["-cp", "true"], [], [], 0],
    [["-tunnel_endpoint", "http://host "], ["--tunnel-endpoint", "http://host"], [], 0],
    [["-te=http://host"], ["--tunnel-endpoint", "http://host"], [], 0],
    [["-quota_name", "q"], ["--quota-name", "q"], [], 0],
    [["-qn", "q"], ["--quota-name", "q"], [], 0],
    [["-session-dir", "/x"], ["--state-dir", "/x"], [], 0],
    [["-sd", "/x"], ["--state-dir", "/x"], [], 0],
    [["-time", "true"], [], [], 1],
    [["--threads", "4"], ["--parallel", "4"], [], 0],
    [["--t=4"], ["--parallel", "4"], [], 0],
    [["-t", "2", "-t", "4"], ["--parallel", "4"], [], 0],
    [['-fd="||"'], ["--delimiter", "||"], [], 0],
    [["-fd", "'|'"], ["--delimiter", "|"], [], 0],
  ])("takes %j", (options, added, gone, notes) => {
    expect(change(...options)).toEqual({ added, gone, notes });
  });

  it("writes its compression out", () => {
    expect(translated(["upload", "a", "t", "-cp", "false"]).slice(-2)).toEqual(["--compress", "none"]);
  });

  it.each([
    [["-badoption=xxx"], "Unrecognized option: -badoption=xxx"],
    [["-Fd", ","], "Unrecognized option: -Fd; did you mean -field-delimiter?"],
    [["--thr", "4"], "Unrecognized option: --thr"],
    [["-fd"], "Missing argument for option: -fd"],
    [["-fd", ""], "Field delimiter is null."],
    [["-rd", ""], "Record delimiter is null."],
    [["-fd", "||||", "-rd", "||"], "Field delimiter can not include record delimiter."],
    [["-bs", "abc"], "Illegal number 'block-size', please check: \"abc\"."],
    [["-bs", "0"], "Illegal number 'block-size': it must be at least 1, found 0."],
    [["-bs", "-1"], "Illegal number 'block-size': it must be at least 1, found -1."],
    [["-mbr", "abc"], "Illegal number 'max-bad-records', please check: \"abc\"."],
    [["-t", "0"], "Illegal number 'threads': it must be at least 1, found 0."],
    [["-dbr", "True"], 'Invalid parameter: discard-bad-records expected true or false, found "True".'],
    [["-s", "yes"], 'Invalid parameter: scan expected true or false or only, found "yes".'],
    [["-limit", "5"], "-limit is an option of download, not of upload."],
  ])("refuses %j", (options, message) => {
    expect(refusal("upload", "data.txt", "t", ...options)).toBe(message);
  });

  it("needs one file and one table", () => {
    expect(refusal("upload", "data.txt")).toContain("Unrecognized command");
    expect(refusal("upload", "data.txt", "t", "extra")).toContain("Unrecognized command");
  });

  it.each([
    ["t", "t"],
    ["proj.t", "proj.t"],
    ["proj.t/ds='2113',pt='x'", "proj.t/ds=2113,pt=x"],
    ["t/ds='21 13',pt='ptt est'", "t/ds=21 13,pt=ptt est"],
    ["t/ds=2113/pt=x", "t/ds=2113/pt=x"],
  ])("takes the table %s", (written, ours) => {
    expect(translated(["upload", "data.txt", written])[2]).toBe(ours);
  });

  it("reads a.b as schema and table where schemas are on", () => {
    const schemas = { ...world, project: "proj", threeLevels: true };
    expect(translated(["upload", "a.txt", "s.t/pt=1"], schemas)[2]).toBe("proj.s.t/pt=1");
    expect(translated(["upload", "a.txt", "p.s.t"], schemas)[2]).toBe("p.s.t");
    expect(translated(["upload", "a.txt", "t"], schemas)[2]).toBe("t");
  });

  it("takes options from odps_config.ini, and the command line before them", () => {
    const configured = new Map([
      ["field-delimiter", "||"],
      ["threads", "3"],
      ["tunnel_endpoint", "http://elsewhere"],
      ["access_key", "hunter2"],
    ]);
    const flags = translated(["upload", "a.txt", "t", "-t", "5"], { ...world, configured });
    expect(flags).toContain("||");
    expect(flags).toContain("5");
    expect(flags.join(" ")).not.toMatch(/elsewhere|hunter2/);
  });

  it("takes the whole line in one word, quotes and all", () => {
    expect(translated([`upload "my data.txt" proj.t/ds='21 13' -fd "||"`]).slice(0, 3)).toEqual([
      "upload",
      "my data.txt",
      "proj.t/ds=21 13",
    ]);
  });

  it.each([
    [["upload", "t", "from", "data.txt"], "t"],
    [["upload", "proj.t", "partition(pt='1',ds=\"a b\")", "from", "data.txt"], "proj.t/pt=1,ds=a b"],
    [["upload", "t", "PARTITION", "(pt='1')", "FROM", "data.txt"], "t/pt=1"],
    [["upload t partition(pt='1') from data.txt -fd=|"], "t/pt=1"],
  ])("takes the order of long ago: %j", (words, table) => {
    expect(translated(words).slice(0, 3)).toEqual(["upload", "data.txt", table]);
  });
});

describe("the other commands of tunnel", () => {
  it.each([
    ["resume", "resume --last"],
    ["r SID", "resume SID"],
    ["resume SID -force", "resume SID"],
    ["show history", "history --limit 20"],
    ["s h -n 5", "history --limit 5"],
    ["show h -number=5", "history --limit 5"],
    ["show log", "show --last"],
    ["show l SID", "show SID"],
    ["show bad SID", "show SID --rejects"],
    ["s b", "show --last --rejects"],
    ["purge", "purge --older-than 3d --yes"],
    ["p 30", "purge --older-than 30d --yes"],
    ["help", "tunnel --help"],
    ["upload --help", "tunnel --help"],
    ["help upload", "tunnel --help"],
    ["h r", "resume --help"],
    ["", "tunnel --help"],
  ])("%s is %s", (line, ours) => {
    expect(translated(line.split(" ").filter((word) => word !== "")).join(" ")).toBe(ours);
  });

  it.each([
    ["show history -number=a", 'Illegal number: "a" (-number).'],
    ["show history SID", "Unknown command: history takes no session id."],
    ["show history1", "Unknown command: 'show history1'"],
    ["show history -sss=5", "Unrecognized option: -sss=5"],
    ["show", "Unknown command: show what?"],
    ["show log SID -n 5", "-number goes with history only."],
    ["purge x", 'Illegal number: "x" days.'],
    ["purge -sd=/x", "Unrecognized option: -sd=/x"],
    ["resume a b", 'Unknown command: "b" is too much.'],
    ["help upload download", 'Unknown command: "download" is too much.'],
    ["help upload1", "Unknown command: 'upload1'"],
    ["help -key1=v", "Unrecognized option: -key1=v"],
    ["uplaod a t", "Unknown command: 'uplaod'"],
    ["download t a.txt", "tunnel download is not here: mctunnel loads into tables only."],
    ["us a t", "tunnel upsert is not here: it reported success for rows that were refused."],
  ])("%s is refused", (line, message) => {
    expect(refusal(...line.split(" "))).toBe(message);
  });
});
