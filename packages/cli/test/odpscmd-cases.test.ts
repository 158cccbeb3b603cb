import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leaveLoad } from "./left-loads.ts";
import { type Outcome, startWorkplace, type Workplace } from "./workplace.ts";

/** What scripts written for odpscmd's tunnel rely on, and what `ours` puts in the place of its faults. */
interface OldCase {
  readonly id: string;
  readonly area: string;
  readonly input: string;
  readonly expected: string;
  readonly ours?: string;
}

const cases: readonly OldCase[] = JSON.parse(
  readFileSync(new URL("odpscmd-tunnel-cases.json", import.meta.url), "utf8"),
);

let place: Workplace;
beforeEach(async () => {
  place = await startWorkplace([]);
});
afterEach(() => place[Symbol.asyncDispose]());

/** Runs a command line of `tunnel`. */
async function tunnel(...words: string[]): Promise<Outcome> {
  const env = { ...place.env, ODPS_PROJECT: "proj" };
  return await place.mctunnelIn({ env, homeDirectory: place.folder, now: Date.now }, "tunnel", ...words);
}

/** Our own command line that one of `tunnel` becomes. */
async function becomes(...words: string[]): Promise<string> {
  const { err } = await tunnel(...words);
  return /^this is: mctunnel (.*)$/m.exec(err)?.[1] ?? err;
}

/** Loads a file into a new table `tbl` and reads it back: values of each row in column order. */
async function load(
  content: string | Uint8Array,
  columns: string,
  ...options: string[]
): Promise<Outcome & { readonly rows: readonly unknown[][] }> {
  await place.emulator.createTable(`create table tbl (${columns})`);
  place.write("data.txt", content);
  const outcome = await tunnel("upload", "data.txt", "proj.tbl", ...options);
  const rows = (await place.emulator.readRows("tbl")).map((row) => Object.values(row));
  return { ...outcome, rows };
}

/** `c1 string, c2 string …` */
function strings(count: number): string {
  return Array.from({ length: count }, (_, index) => `c${index} string`).join(", ");
}

async function expectRows(
  found: ReturnType<typeof load>,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const { exitCode, err, rows: actual } = await found;
  expect({ exitCode, err: exitCode === 0 ? "" : err, rows: actual }).toEqual({ exitCode: 0, err: "", rows });
}

async function expectRefused(
  found: Promise<Outcome>,
  exitCode: number,
  message: RegExp | string,
): Promise<void> {
  const outcome = await found;
  expect(outcome.err).toMatch(message);
  expect(outcome.exitCode).toBe(exitCode);
}

/** A value of one column that does not fit: exit code 3, nothing is loaded, and file, line and column are named. */
async function expectBadValue(value: string, type: string, ...options: string[]): Promise<void> {
  const { exitCode, err, rows } = await load(`${value}\n`, `v ${type}`, ...options);
  expect({ exitCode, rows }).toEqual({ exitCode: 3, rows: [] });
  expect(err).toContain("data.txt:1:1");
}

/** Many rows in many blocks: each must arrive once. */
async function expectEveryRowOnce(
  count: number,
  text: (row: number) => string,
  ...options: string[]
): Promise<void> {
  const content = Array.from({ length: count }, (_, row) => `${row},${text(row)}\n`).join("");
  const { exitCode, err, rows } = await load(content, "id bigint, t string", ...options);
  expect({ exitCode, err: exitCode === 0 ? "" : err }).toEqual({ exitCode: 0, err: "" });
  const sorted = rows
    .map(([id, value]) => [Number(id), value] as const)
    .sort(([one], [other]) => one - other);
  expect(sorted.length).toBe(count);
  expect(sorted.every(([id, value], row) => id === row && value === text(row))).toBe(true);
}

const partitioned = "create table tbl (a string) partitioned by (ds string, pt string)";

async function loadPartition(target: string, partition: string): Promise<void> {
  await place.emulator.createTable(partitioned);
  place.write("data.txt", "x\n");
  const { exitCode, err } = await tunnel("upload", "data.txt", target, "-acp", "true");
  expect({ exitCode, err: exitCode === 0 ? "" : err }).toEqual({ exitCode: 0, err: "" });
  expect(await place.emulator.readRows("tbl", partition)).toHaveLength(1);
}

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const bom = "\uFEFF";

const checks: Readonly<Record<string, () => Promise<void>>> = {
  "001": () => loadPartition("proj.tbl/ds='2113',pt='x'", "ds=2113,pt=x"),
  "002": async () => {
    await place.emulator.createTable("create table tbl (a string)");
    place.write("data.txt", "x\n");
    expect(await tunnel("u", "data.txt", "tbl")).toMatchObject({ exitCode: 0 });
    expect(await place.emulator.readRows("tbl")).toEqual([{ a: "x" }]);
  },
  "003": () => expectRows(load("x\n", "a string"), [["x"]]),
  "004": () => loadPartition("tbl/ds='2113',pt='x'", "ds=2113,pt=x"),
  "007": () => loadPartition("proj.tbl/ds='21 13',pt='ptt est'", "ds=21 13,pt=ptt est"),
  "011": () =>
    expectRefused(tunnel("upload", "missing.txt", "proj.tbl"), 7, /missing\.txt: there is no such file/),
  "012": () => expectRefused(tunnel("upload", "data.txt", "tbl", "extra"), 2, /Unrecognized command/),
  "013": () => expectRefused(tunnel("upload", "data.txt"), 2, /Unrecognized command/),
  "014": async () => {
    place.write("data.txt", "x\n");
    const { exitCode, err } = await tunnel("upload", "data.txt", "a.b.c");
    expect(exitCode).toBeGreaterThan(0);
    expect(err).toMatch(/error: .*(?:schema|project)/i);
  },
  "015": async () => {
    const file = join(place.folder, "odps_config.ini");
    writeFileSync(file, "project_name=proj\nodps.namespace.schema=true\n", { mode: 0o600 });
    const env = { ...place.env, MCTUNNEL_ODPS_CONFIG: file };
    const { err } = await place.mctunnelIn({ env }, "tunnel", "upload", "data.txt", "a.b");
    expect(err).toContain("this is: mctunnel upload data.txt proj.a.b ");
    expect(await becomes("upload", "data.txt", "a.b")).toContain("upload data.txt a.b ");
  },
  "017": async () => {
    const words =
      "-charset gbk -field-delimiter || -record-delimiter \\r\\n -discard-bad-records true -null-indicator NULL -scan only -ss true";
    const line = await becomes(
      "upload",
      "data.txt",
      "proj.tbl",
      ...words.split(" "),
      "-date-format-pattern",
      "yyyy-MM-dd HH:mm:ss",
    );
    for (const part of [
      "--encoding gbk",
      "--delimiter '||'",
      "--record-delimiter '\\r\\n'",
      "--max-rejects 1000",
      "--datetime-format 'yyyy-MM-dd HH:mm:ss'",
      "--null NULL",
      "--dry-run",
    ]) {
      expect(line).toContain(part);
    }
  },
  "018": async () => {
    expect(await becomes("upload", "data.txt", "tbl", '-fd="||"')).toContain("--delimiter '||'");
    expect(await becomes("upload", "data.txt", "tbl", "-fd='||'")).toContain("--delimiter '||'");
  },
  "020": async () => {
    const short = [
      "-c",
      "gb2312",
      "-fd",
      "|||",
      "-rd",
      "\t\r\n",
      "-dbr",
      "true",
      "-dfp",
      "yyyy-MM-dd HH:mm:ss",
      "-ni",
      "",
    ];
    const long = [
      "-charset",
      "gb2312",
      "-field-delimiter",
      "|||",
      "-record-delimiter",
      "\\t\\r\\n",
      "-discard-bad-records",
      "true",
      "-date-format-pattern",
      "yyyy-MM-dd HH:mm:ss",
      "-null-indicator",
      "",
    ];
    expect(await becomes("upload", "data.txt", "tbl", ...short)).toBe(
      await becomes("upload", "data.txt", "tbl", ...long),
    );
  },
  "021": async () => {
    await load("x||", "a string", "-fd", ",", "-rd", "||");
    const { out } = await tunnel("show", "history");
    expect(out).toContain("upload data.txt proj.tbl");
  },
  "022": async () => {
    for (const words of [["-tunnel_endpoint=http://host "], ["-te=http://host "], ["-te", "http://host "]]) {
      expect(await becomes("upload", "data.txt", "tbl", ...words)).toContain("--tunnel-endpoint http://host");
    }
  },
  "023": () =>
    expectRefused(
      tunnel("upload", "data.txt", "tbl", "-badoption=xxx"),
      2,
      "Unrecognized option: -badoption=xxx",
    ),
  "024": () => expectRefused(tunnel("upload", "data.txt", "tbl", "-Fd", ","), 2, "Unrecognized option: -Fd"),
  "025": () => expectRefused(tunnel("upload", "data.txt", "tbl", "-fd"), 2, "Missing argument"),
  "030": () =>
    expectRefused(
      tunnel("upload", "a", "tbl", "-fd", "||||", "-rd", "||"),
      2,
      "Field delimiter can not include record delimiter",
    ),
  "036": () =>
    expectRows(load("a,b\n1,2\n", "a string, b string", "-threads", "2", "-header", "true"), [["1", "2"]]),
  "037": async () => {
    await expectRefused(tunnel("upload", "a", "tbl", "-bs", "abc"), 2, "Illegal number 'block-size'");
    await expectRefused(tunnel("upload", "a", "tbl", "-mbr", "abc"), 2, "Illegal number 'max-bad-records'");
  },
  "038": async () => {
    for (const size of ["0", "-1"]) {
      await expectRefused(tunnel("upload", "a", "tbl", "-bs", size), 2, /block-size.*at least 1/);
    }
  },
  "039": async () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(await becomes("upload", "a", "tbl")).toContain(`--time-zone ${zone}`);
    expect(await becomes("upload", "a", "tbl", "-tz=GMT+6")).toContain("--time-zone +06:00");
  },
  "042": async () => {
    await expectRefused(tunnel("upload", "a.txt", "tbl", "--thr", "4"), 2, "Unrecognized option: --thr");
    for (const word of ["-threads", "--threads"]) {
      expect(await becomes("upload", "a.txt", "tbl", word, "4")).toContain("--parallel 4");
    }
  },
  "043": async () => {
    for (const words of [["-rd", "\\t\\r\\n"], ["-rd=\\t\\r\\n"]]) {
      expect(await becomes("upload", "a", "tbl", ...words)).toContain("--record-delimiter '\\t\\r\\n'");
    }
  },
  "045": async () => {
    const line = await becomes("upload", "a", "tbl", "-rd", "a \tb\n\\u0001\r\n\\u0003");
    expect(line).toContain("--record-delimiter 'a \\tb\\n\\x01\\r\\n\\x03'");
  },
  "049": async () => {
    await expectRows(load("a\r\nb\r\n", "a string"), [["a"], ["b"]]);
  },
  "052": async () => {
    expect(await becomes("show", "h", "-number=5")).toBe("history --limit 5");
    expect(await becomes("show", "h", "-n", "5")).toBe("history --limit 5");
  },
  "055": () => expectRefused(tunnel("show", "history", "-number=a"), 2, "Illegal number"),
  "056": () => expectRefused(tunnel("show", "history", "SID"), 2, "Unknown command"),
  "059": async () => {
    await expectRefused(tunnel("show", "history1"), 2, "Unknown command");
    await expectRefused(tunnel("show", "history", "-sss=5"), 2, "Unrecognized");
  },
  "061": async () => {
    const { err } = await tunnel("resume", "SID", "-force");
    expect(err).toContain("this is: mctunnel resume SID\n  note: -force never did anything");
  },
  "064": () => expectRefused(tunnel("resume", "SID"), 8, "session 'SID' not found"),
  "065": async () => {
    expect(await becomes("purge", "5")).toBe("purge --older-than 5d --yes");
    expect(await becomes("purge")).toBe("purge --older-than 3d --yes");
  },
  "066": async () => {
    const day = 86_400_000;
    await leaveLoad(place.folder, "young", "done", Date.now() - day);
    await leaveLoad(place.folder, "old", "done", Date.now() - 31 * day);
    await leaveLoad(place.folder, "old-and-resumable", "resumable", Date.now() - 31 * day);
    expect(await tunnel("purge", "30")).toMatchObject({ exitCode: 0 });
    const { out } = await tunnel("show", "history");
    expect(out).toContain("job-young");
    expect(out).toContain("job-old-and-resumable");
    expect(out.trimEnd().split("\n")).toHaveLength(3);
  },
  "068": async () => {
    await expectRefused(tunnel("help", "upload", "download"), 2, "Unknown command");
    await expectRefused(tunnel("help", "upload1"), 2, "Unknown command");
    await expectRefused(tunnel("help", "-key1=v"), 2, "Unrecognized");
  },
  // Where blocks are cut is nobody's business; that each row arrives once, whatever their size, is.
  "071": () => expectEveryRowOnce(200_000, (row) => `row ${row}`, "-bs", "1", "-t", "4"),
  "074": async () => {
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(place.folder, "empty"));
    await place.emulator.createTable("create table tbl (a string)");
    const { exitCode, out, err } = await tunnel("upload", "empty", "proj.tbl");
    expect(exitCode).toBe(0);
    expect(out + err).toMatch(/no (?:input|files?|rows)/i);
  },
  "075": () => expectRows(load("", "a string", "-cf", "true"), []),
  "076": async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `${row},"a ""quoted""\nline ${row}, and more"\n`);
    const { exitCode, rows: loaded } = await load(
      rows.join(""),
      "id bigint, t string",
      "-cf",
      "true",
      "-bs",
      "1",
      "-t",
      "4",
    );
    expect(exitCode).toBe(0);
    const sorted = [...loaded].sort(([one], [other]) => Number(one) - Number(other));
    expect(sorted).toEqual(rows.map((_, row) => [BigInt(row), `a "quoted"\nline ${row}, and more`]));
  },
  "077": async () => {
    await place.emulator.createTable("create table tbl (a string)");
    place.write("D:1:0:50.txt", "x\n");
    expect(await tunnel("upload", "D:1:0:50.txt", "proj.tbl")).toMatchObject({ exitCode: 0 });
    expect(await place.emulator.readRows("tbl")).toEqual([{ a: "x" }]);
  },
  "080": () =>
    expectRows(load("id1,one\nid2,two", strings(2)), [
      ["id1", "one"],
      ["id2", "two"],
    ]),
  "081": () =>
    expectRows(load("id1,one\nid2,two", strings(2), "-rd", "\\n"), [
      ["id1", "one"],
      ["id2", "two"],
    ]),
  "085": () =>
    expectRows(load("k01||aaa,,,k02||bbb,,,k03||ccc,,,", strings(2), "-fd", "||", "-rd", ",,,"), [
      ["k01", "aaa"],
      ["k02", "bbb"],
      ["k03", "ccc"],
    ]),
  "086": async () => {
    const records = Array.from({ length: 150_000 }, (_, row) => `k${row}||aaa,,,`);
    const { exitCode, rows } = await load(
      records.join(""),
      strings(2),
      "-fd",
      "||",
      "-rd",
      ",,,",
      "-bs",
      "1",
    );
    expect(exitCode).toBe(0);
    expect(new Set(rows.map(([key]) => key)).size).toBe(150_000);
    expect(rows).toHaveLength(150_000);
  },
  "089": async () => {
    const short = Array.from({ length: 150_000 }, (_, row) => `${row},short\n`).join("");
    const { exitCode, rows } = await load(
      `${short}-1,${"x".repeat(2_621_440)}\n${short}`,
      "id bigint, t string",
      "-bs",
      "1",
    );
    expect(exitCode).toBe(0);
    expect(rows).toHaveLength(300_001);
  },
  "094": () => expectRows(load("b,a\n2,1\n", "a string, b string", "-h", "true"), [["1", "2"]]),
  "095": () =>
    expectRows(load(`${bom}n1|你好\nn2|再见\nn3|好`, strings(2), "-fd", "|", "-rd", "\\n"), [
      ["n1", "你好"],
      ["n2", "再见"],
      ["n3", "好"],
    ]),
  "096": () =>
    expectRows(load(`${bom}n1|你好\nn2|再见\n`, strings(2), "-fd", "|", "-bs", "1"), [
      ["n1", "你好"],
      ["n2", "再见"],
    ]),
  "101": async () => {
    await expectRows(load("a,,b,c,\n", strings(5)), [["a", null, "b", "c", null]]);
  },
  "103": () => expectRows(load("12399abc99456\n", strings(3), "-fd", "99"), [["123", "abc", "456"]]),
  "107": () => expectRows(load('a,"b,c",d\n', strings(4)), [["a", '"b', 'c"', "d"]]),
  "108": () =>
    expectRows(load(bytes("\xc4\xe3||\xba\xc3,,,"), strings(2), "-c", "gbk", "-fd", "||", "-rd", ",,,"), [
      ["你", "好"],
    ]),
  "109": () =>
    expectRows(load("a,1\n\n\nb,2\n", strings(2)), [
      ["a", "1"],
      ["b", "2"],
    ]),
  "110": () =>
    expectRows(load("a,1\nb,2\n", strings(2)), [
      ["a", "1"],
      ["b", "2"],
    ]),
  "111": () => expectRows(load("abc", "a string"), [["abc"]]),
  "112": () =>
    expectRows(load("a,1\r\nb,2\r\n", strings(2), "-rd", "\\n"), [
      ["a", "1\r"],
      ["b", "2\r"],
    ]),
  "113": async () => {
    const { exitCode, err, rows } = await load(`ok\n${"x".repeat(9 * 1024 * 1024)}`, "a string");
    expect(exitCode).toBeGreaterThan(0);
    expect(err).toMatch(/data\.txt:2/);
    expect(rows).toEqual([]);
  },
  "119": () => expectRows(load("true\nfalse\n1\n0\n", "b boolean"), [[true], [false], [true], [false]]),
  "122": () =>
    expectRows(
      load(
        "211.234567\nInfinity\n-Infinity\n12345678.1234567\n1.23456781234567E7\n1.2345E10\n1.2345E2\n",
        "d double",
      ),
      [
        [211.234567],
        [Number.POSITIVE_INFINITY],
        [Number.NEGATIVE_INFINITY],
        [12345678.1234567],
        [12345678.1234567],
        [12345000000],
        [123.45],
      ],
    ),
  "123": async () => {
    await expectRows(load("NaN\n", "v double"), [[Number.NaN]]);
    for (const text of ["0x1p3", "1d"]) {
      place.write("data.txt", `${text}\n`);
      await expectRefused(tunnel("upload", "data.txt", "proj.tbl"), 3, /data\.txt:1:1/);
    }
  },
  "125": () =>
    expectRows(load("20131010101010\n", "d datetime", "-dfp", "yyyyMMddHHmmss", "-tz", "Asia/Shanghai"), [
      [new Date("2013-10-10T02:10:10Z")],
    ]),
  "127": () =>
    expectRows(load("2013-09-25\n", "d datetime", "-dfp", "yyyy-MM-dd", "-tz", "Asia/Shanghai"), [
      [new Date("2013-09-24T16:00:00Z")],
    ]),
  "130": () => expectBadValue("2020-02-30 00:00:00", "datetime"),
  "131": () => expectBadValue("20131010101010", "datetime", "-dfp", "yyyy-MM-dd"),
  "132": async () => {
    place.write("data.txt", "x\n");
    await expectRefused(
      tunnel("upload", "data.txt", "proj.tbl", "-tz", "Nowhere/City"),
      2,
      /^error: .*Nowhere\/City/m,
    );
  },
  // There is no year 0 in the service's DATE, whatever the old client let pass.
  "133": async () => {
    const days = ["0001-01-01", "1900-01-01", "2022-10-18", "9999-12-31"];
    await expectRows(
      load(days.map((day) => `${day}\n`).join(""), "d date", "-dfp", "yyyyMMdd"),
      days.map((day) => [day]),
    );
    place.write("data.txt", "0000-01-01\n");
    await expectRefused(tunnel("upload", "data.txt", "proj.tbl"), 3, /data\.txt:1:1.*0001-01-01/);
  },
  "134": () => expectBadValue("2020-02-30", "date"),
  "136": async () => {
    const good = await load(
      "2022-10-18 10:10:10\n2022-10-18 10:10:10.123\n2022-10-18 10:10:10.123456789\n",
      "v timestamp",
      "-tz",
      "UTC",
    );
    expect(good).toMatchObject({ exitCode: 0 });
    expect(good.rows).toHaveLength(3);
    place.write("data.txt", "2022-10-18 10:10:10.1234567890\n");
    await expectRefused(tunnel("upload", "data.txt", "proj.tbl"), 3, /data\.txt:1:1/);
  },
  "140": () => expectBadValue("111151111011115111201", "decimal(38,18)"),
  "141": async () => {
    await expectBadValue("123456789.00", "decimal(10,2)");
    place.write("data.txt", "1.239\n");
    expect(await tunnel("upload", "data.txt", "proj.tbl")).toMatchObject({ exitCode: 0 });
  },
  "142": async () => {
    await expectRows(load("abc,abc\n", "a varchar(3), b char(3)"), [["abc", "abc"]]);
    for (const row of ["abcd,abc", "abc,abcd"]) {
      place.write("data.txt", `${row}\n`);
      await expectRefused(tunnel("upload", "data.txt", "proj.tbl"), 3, /data\.txt:1:/);
    }
  },
  "146": () =>
    expectRows(
      load(
        "NULL,NULL,NULL,NULL,NULL,NULL,\n",
        "a bigint, b string, c datetime, d boolean, e double, f double, g string",
        "-ni",
        "NULL",
      ),
      [[null, null, null, null, null, null, ""]],
    ),
  "151": () => expectRows(load(' {"a": 1} \n', "j json"), [['{"a": 1}']]),
  "153": () => expectRefused(load("a,b\n", "a string", "-ss", "true"), 7, /data\.txt:1/),
  "154": () =>
    expectRows(load("1,2,3,4,5\n1,2,3,4,5,6,7,8\n", strings(6), "-ss", "false"), [
      ["1", "2", "3", "4", "5", null],
      ["1", "2", "3", "4", "5", "6"],
    ]),
  "159": async () => {
    const half = `${"bad\n".repeat(600)}${"1\n".repeat(300_000)}`;
    const found = await load(half + half, "id bigint", "-dbr", "true", "-mbr", "1000", "-bs", "1");
    expect(found).toMatchObject({ exitCode: 3, rows: [] });
  },
  "161": async () => {
    const { err } = await load("1\nthis is no whole number at all and long\n", "id bigint");
    expect(err).toMatch(/error: data\.txt:2:1/);
    expect(err).not.toMatch(/^\s+at /m);
  },
  "162": async () => {
    place.emulator.faults.add({
      match: { action: "put block" },
      times: 5,
      effect: { kind: "answer", status: 500 },
    });
    await expectRows(load("x\n", "a string"), [["x"]]);
  },
  "163": async () => {
    place.emulator.faults.add({ match: { action: "put block" }, effect: { kind: "answer", status: 500 } });
    await place.emulator.createTable("create table tbl (a string)");
    place.write("data.csv", "x\n");
    const world = { homeDirectory: place.folder, now: Date.now };
    const failed = await place.mctunnelIn(
      world,
      "upload",
      "data.csv",
      "proj.tbl",
      "--no-header",
      "--retries",
      "1",
    );
    expect(failed.exitCode).toBe(10);
    expect((await tunnel("show", "history")).out).toContain("resumable");
  },
  "167": async () => {
    expect(await load("x\n", "a string", "-sd", join(place.folder, "x"))).toMatchObject({ exitCode: 0 });
    const { out } = await place.mctunnelIn({ homeDirectory: place.folder }, "history", "--state-dir", "x");
    expect(out).toContain("done");
  },
  "168": async () => {
    for (const age of [3, 2, 1])
      await leaveLoad(place.folder, `job${age}`, "done", Date.now() - age * 3_600_000);
    const { out } = await tunnel("show", "history");
    expect(out.match(/job-job\d/g)).toEqual(["job-job1", "job-job2", "job-job3"]);
    expect(out).toContain("mctunnel upload 'my data.csv' proj.people");
  },
  "170": async () => {
    const fault = place.emulator.faults.add({
      match: { action: "put block", block: [2, 3, 4] },
      effect: { kind: "answer", status: 403 },
    });
    const content = Array.from({ length: 400_000 }, (_, row) => `${row},some text\n`).join("");
    const first = await load(content, "id bigint, t string", "-bs", "1");
    expect(first.exitCode).toBeGreaterThan(0);
    expect(first.rows).toEqual([]);
    place.emulator.faults.clear();
    expect(fault).toBeDefined();
    expect(await tunnel("resume")).toMatchObject({ exitCode: 0 });
    const rows = await place.emulator.readRows("tbl");
    expect(new Set(rows.map(({ id }) => id)).size).toBe(400_000);
    expect(rows).toHaveLength(400_000);
  },
  "186": () => expectEveryRowOnce(300_000, (row) => `text of ${row}`, "-bs", "1", "-t", "4"),
  // How many blocks there are at a time is nobody's business; that a load of many goes through, is.
  "187": () => expectEveryRowOnce(400_000, (row) => `a longer text of row ${row}`, "-bs", "1", "-t", "8"),
  "188": async () => {
    await expectRefused(tunnel("upload", "a", "tbl", "-bad"), 2, /Unrecognized/);
    await expectRefused(load("x\n", "id bigint"), 3, /data\.txt:1:1/);
    const env = { ...place.env, ODPS_ACCESS_KEY: "wrong" };
    expect(await place.mctunnelIn({ env }, "tunnel", "upload", "data.txt", "proj.tbl")).toMatchObject({
      exitCode: 4,
    });
  },
  "189": async () => {
    const found = await load("1\nbad\n2\n", "id bigint", "-dbr", "true");
    expect(found.rows).toEqual([[1n], [2n]]);
    expect(found.exitCode === 3 || /1 (?:row|record).*(?:reject|refused|discard)/i.test(found.out)).toBe(
      true,
    );
  },
};

describe("the cases of odpscmd's tunnel", () => {
  it("all have a check, and no check is without a case", () => {
    expect(
      Object.keys(checks)
        .map((number) => `dship-${number}`)
        .sort(),
    ).toEqual(cases.map(({ id }) => id).sort());
  });

  for (const { id, area, input, expected, ours } of cases) {
    it(
      `${id} (${area}) ${JSON.stringify(input)}: ${ours ?? expected}`,
      { timeout: 120_000 },
      checks[id.slice(6)]!,
    );
  }
});
