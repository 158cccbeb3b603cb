import { request } from "node:http";
import { inflateSync, zstdDecompressSync } from "node:zlib";
import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
import { createSigner, signableRequest } from "@maxcompute-tunnel/transport/signing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";

let emulator: RunningEmulator;
let ask: Ask;
let tables = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  ask = clientOf(emulator);
});
afterAll(() => emulator.close());

/** Makes a table that holds the given blocks. */
async function tableWith(schema: string, blocks: readonly Uint8Array[], more = ""): Promise<string> {
  tables += 1;
  await emulator.createTable(`create table d${tables} ${schema}`);
  const path = tablePath(emulator, `d${tables}`);
  await load(path, blocks, more);
  return path;
}

async function load(path: string, blocks: readonly Uint8Array[], more = ""): Promise<void> {
  const id = await createUpload(ask, path, more);
  for (const [blockId, body] of blocks.entries()) {
    const stored = await ask("PUT", `${path}?uploadid=${id}&blockid=${blockId}`, {
      headers: tunnelHeaders,
      body,
    });
    expect(stored.status).toBe(200);
  }
  expect((await ask("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders })).status).toBe(200);
}

async function open(path: string): Promise<string> {
  const answer = await ask("POST", `${path}?downloads=&asyncmode=true`, { headers: tunnelHeaders });
  return String(answer.json()["DownloadID"]);
}

/** Rows as they come over the wire, undecoded; `accept-encoding: identity` keeps fetch from unpacking anything. */
async function read(path: string, id: string, range: string, more = "") {
  return ask("GET", `${path}?data&downloadid=${id}&rowrange=${encodeURIComponent(range)}${more}`, {
    headers: { ...withoutMetrics, "accept-encoding": "identity" },
  });
}

/** A client of this version gets the records and nothing that differs from answer to answer. */
const withoutMetrics = { "x-odps-tunnel-version": "5" };

const numbered = [
  { name: "id", type: "bigint" },
  { name: "note", type: "string" },
] as const;

function rows(from: number, count: number): Uint8Array {
  return encodeRecords(
    numbered,
    Array.from({ length: count }, (_, index) => ({
      id: from + index,
      note: "x".repeat(60) + (from + index),
    })),
  );
}

describe("a download session", () => {
  it("is described with record count and schema", async () => {
    const path = await tableWith("(id bigint, name string)", [threeRecords]);
    const answer = await ask("POST", `${path}?downloads`, { headers: tunnelHeaders });
    const { DownloadID: id, ...rest } = answer.json();
    expect(rest).toMatchObject({
      Status: "normal",
      RecordCount: 3,
      Schema: { columns: [{ name: "id" }, { name: "name" }], partitionKeys: [] },
      SupportReadByRawSize: false,
    });
    expect(answer.text).not.toContain("null,");
    expect((await ask("GET", `${path}?downloadid=${id}`, { headers: tunnelHeaders })).json()).toMatchObject({
      DownloadID: id,
      RecordCount: 3,
    });
  });

  it("gives back the very bytes of a pack that a client wrote", async () => {
    const path = await tableWith("(id bigint, name string)", [threeRecords]);
    const answer = await read(path, await open(path), "(0,3)");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(Buffer.from(answer.bytes).toString("hex")).toBe(Buffer.from(threeRecords).toString("hex"));
  });

  it.each([
    ["6", true],
    ["10", true],
    ["5", false],
    ["", false],
  ])("tells a client of version %j what its rows cost: %j", async (version, told) => {
    const path = await tableWith("(id bigint, name string)", [threeRecords]);
    const target = `${path}?data&downloadid=${await open(path)}&rowrange=(0,3)`;
    const answer = await ask("GET", target, {
      headers: { "x-odps-tunnel-version": version, "accept-encoding": "identity" },
    });
    const hex = Buffer.from(answer.bytes).toString("hex");
    const [, text, end] = /f0ffff7f06(?:0a..((?:..)*)80f0ff7f(?:..)+)?(f8ffff7fddebefdf08)$/.exec(hex) ?? [];
    expect(end).toBeDefined();
    expect(text !== undefined).toBe(told);
    if (text !== undefined) {
      const metrics: Record<string, number> = JSON.parse(Buffer.from(text, "hex").toString());
      expect(Object.keys(metrics)).toEqual([
        "PanguIOCost",
        "ServerIOCost",
        "ServerTotalCost",
        "RateLimitCost",
      ]);
      expect(Object.values(metrics).every((cost) => Number.isInteger(cost) && cost >= 0)).toBe(true);
    }
    expect(
      decodeRecords(
        [
          { name: "id", type: "bigint" },
          { name: "name", type: "string" },
        ],
        answer.bytes,
      ),
    ).toHaveLength(3);
  });

  it("reads any range over all blocks, and what exists when more is asked", async () => {
    const path = await tableWith("(id bigint, note string)", [rows(0, 10), rows(10, 5), rows(15, 5)]);
    const id = await open(path);
    const ids = async (range: string): Promise<number[]> => {
      const { bytes } = await read(path, id, range);
      return decodeRecords(numbered, bytes).map((row) => Number(row.id));
    };
    expect(await ids("(0,20)")).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(await ids("(8,9)")).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(await ids("(10,5)")).toEqual([10, 11, 12, 13, 14]);
    expect(await ids("(19,1)")).toEqual([19]);
    expect(await ids("(18,100)")).toEqual([18, 19]);
    expect(await ids("(20,1)")).toEqual([]);
    expect(await ids("(5,0)")).toEqual([]);
  });

  it("answers an empty table with an empty pack", async () => {
    const path = await tableWith("(id bigint)", []);
    const answer = await read(path, await open(path), "(0,1)");
    expect([answer.status, Buffer.from(answer.bytes).toString("hex")]).toEqual([200, "f0ffff7f00f8ffff7f00"]);
  });

  it("starts in the middle of a large block without reading its beginning", async () => {
    const path = await tableWith("(id bigint, note string)", [rows(0, 60_000)]);
    const id = await open(path);
    for (const start of [0, 1, 2_900, 30_000, 59_999]) {
      const { bytes } = await read(path, id, `(${start},3)`);
      const found = decodeRecords(numbered, bytes).map((row) => Number(row.id));
      expect(found).toEqual([start, start + 1, start + 2].filter((row) => row < 60_000));
    }
  });

  it("gives the same rows and a right footer for ranges of any kind over large blocks", async () => {
    // PyODPS' long checksums make the middle block one that cannot be sent as it is.
    const long = Buffer.from("080280c0ff7fcab8b49905f0ffff7f02f8ffff7fa486b588f8ffffffff01", "hex");
    const path = await tableWith("(id bigint, note string)", [rows(0, 20_000), long, rows(20_001, 20_000)]);
    const id = await open(path);
    const expected = [
      ...Array(20_000).keys(),
      1,
      ...Array.from({ length: 20_000 }, (_, row) => 20_001 + row),
    ];
    for (const [start, count] of [
      [0, 40_001],
      [1, 40_000],
      [777, 30_000],
      [19_999, 3],
      [3_000, 17_000],
      [20_001, 12_345],
      [39_000, 5_000],
    ] as const) {
      const { bytes } = await read(path, id, `(${start},${count})`);
      // Decoding checks every checksum, the count and the footer.
      const found = decodeRecords(numbered, bytes).map((row) => Number(row.id));
      expect(found).toEqual(expected.slice(start, start + count));
    }
  });

  it("sends the columns asked for, in that order and under their new numbers", async () => {
    const path = await tableWith("(a bigint, b string, c double)", [
      encodeRecords(
        [
          { name: "a", type: "bigint" },
          { name: "b", type: "string" },
          { name: "c", type: "double" },
        ],
        [[1, "x", 0.5]],
      ),
    ]);
    const { bytes } = await read(path, await open(path), "(0,1)", "&columns=C,a");
    const asked = [
      { name: "c", type: "double" },
      { name: "a", type: "bigint" },
    ] as const;
    expect(decodeRecords(asked, bytes)).toEqual([{ c: 0.5, a: 1n }]);
    for (const columns of ["a,missing", "a,a"]) {
      const wrong = await read(path, await open(path), "(0,1)", `&columns=${columns}`);
      expect([wrong.status, wrong.json()["Code"]]).toEqual([400, "InvalidColumnSpec"]);
    }
  });

  it("pads CHAR values with blanks, counted in characters, and nothing else", async () => {
    const columns = [
      { name: "c", type: "char(5)" },
      { name: "v", type: "varchar(5)" },
    ] as const;
    const path = await tableWith("(c char(5), v varchar(5))", [
      encodeRecords(columns, [
        ["ab", "ab"],
        ["中文", "中"],
        [null, null],
        ["𝒳𝒳𝒳𝒳𝒳", "x"],
      ]),
    ]);
    const { bytes } = await read(path, await open(path), "(0,4)");
    expect(decodeRecords(columns, bytes)).toEqual([
      { c: "ab   ", v: "ab" },
      { c: "中文   ", v: "中" },
      { c: null, v: null },
      { c: "𝒳𝒳𝒳𝒳𝒳", v: "x" },
    ]);
  });

  it("hands a string on whatever its bytes are", async () => {
    // Field 2 holds ff fe, which is no UTF-8.
    const body = packOf([{ hex: "1202fffe", covered: "02000000fffe" }]);
    const path = await tableWith("(id bigint, name string)", [body]);
    const { bytes } = await read(path, await open(path), "(0,1)");
    expect(Buffer.from(bytes).toString("hex")).toBe(Buffer.from(body).toString("hex"));
  });

  it("writes checksums in five bytes also where a client wrote them in ten", async () => {
    // The row (1, NULL) as the compiled writer of PyODPS sends it, its pack checksum sign-extended to ten bytes.
    const sent = Buffer.from("080280c0ff7fcab8b49905f0ffff7f02f8ffff7fa486b588f8ffffffff01", "hex");
    const path = await tableWith("(id bigint, name string)", [sent]);
    const { bytes } = await read(path, await open(path), "(0,1)");
    expect(Buffer.from(bytes).toString("hex")).toBe("080280c0ff7fcab8b49905f0ffff7f02f8ffff7fa486b58808");
  });

  it.each([
    ["deflate", "deflate", inflateSync],
    ["zstd", "zstd", zstdDecompressSync],
    ["gzip, deflate, br", "deflate", inflateSync],
    ["br, zstd;q=0.5, deflate", "zstd", zstdDecompressSync],
    ["identity", undefined, (bytes: Uint8Array) => bytes],
    [undefined, undefined, (bytes: Uint8Array) => bytes],
  ] as const)("compresses for accept-encoding %j with %j", async (accepted, expected, unpack) => {
    const path = await tableWith("(id bigint, name string)", [threeRecords]);
    const target = `${path}?data&downloadid=${await open(path)}&rowrange=(0,3)`;
    const { encoding, bytes } = await rawGet(target, accepted);
    expect(encoding).toBe(expected);
    expect(Buffer.compare(unpack(bytes), threeRecords)).toBe(0);
  });

  it("shows what was committed when it began, and says when the table has changed", async () => {
    const path = await tableWith("(id bigint, note string)", [rows(0, 2)]);
    const id = await open(path);
    await load(path, [rows(5, 1)], "&overwrite=true");
    const changed = await read(path, id, "(0,2)");
    expect([changed.status, changed.json()["Code"]]).toEqual([409, "TableModified"]);
    const anyway = await read(path, id, "(0,2)", "&disable_modified_check=true");
    expect(decodeRecords(numbered, anyway.bytes).map((row) => row.id)).toEqual([0n, 1n]);
    expect(decodeRecords(numbered, (await read(path, await open(path), "(0,2)")).bytes)).toMatchObject([
      { id: 5n },
    ]);
  });

  it.each(["0,1", "(0)", "(-1,2)", "(a,b)", "(0,1", ""])("refuses the row range %j", async (range) => {
    const path = await tableWith("(id bigint)", []);
    const answer = await read(path, await open(path), range);
    expect([answer.status, answer.json()["Code"]]).toEqual([400, "InvalidRowRange"]);
  });

  it("is not found under another name, another table, or after a day", async () => {
    const path = await tableWith("(id bigint)", []);
    const other = await tableWith("(id bigint)", []);
    const id = await open(path);
    for (const [target, session] of [
      [path, "20240101"],
      [other, id],
    ] as const) {
      const answer = await read(target, session, "(0,1)");
      expect([answer.status, answer.json()["Code"]]).toEqual([404, "NoSuchDownload"]);
    }
    emulator.clock.advance(25 * 3_600_000);
    const late = await read(path, id, "(0,1)");
    expect([late.status, late.json()["Code"]]).toEqual([404, "NoSuchDownload"]);
  });
});

/** A pack of records given by their fields, with checksums made bit by bit from the bytes they cover. */
function packOf(records: readonly { hex: string; covered: string }[]): Uint8Array {
  const crcs = records.map(({ covered }) => slowCrc32c(Buffer.from(covered, "hex")));
  const all = Buffer.alloc(4 * crcs.length);
  for (const [index, crc] of crcs.entries()) {
    all.writeUInt32LE(crc, index * 4);
  }
  return Buffer.concat([
    ...records.map(({ hex }, index) =>
      Buffer.concat([Buffer.from(hex, "hex"), Buffer.from("80c0ff7f", "hex"), varint(crcs[index] ?? 0)]),
    ),
    Buffer.from("f0ffff7f", "hex"),
    varint(records.length * 2),
    Buffer.from("f8ffff7f", "hex"),
    varint(slowCrc32c(all)),
  ]);
}

function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
    }
  }
  return ~crc >>> 0;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest >= 128 ? 128 : 0));
    if (rest < 128) {
      return Uint8Array.from(bytes);
    }
  }
}

/** One signed GET whose answer nobody unpacks. */
async function rawGet(
  target: string,
  accepted: string | undefined,
): Promise<{ encoding: string | undefined; bytes: Uint8Array }> {
  const url = emulator.endpoint + target;
  const { accessKeyId, accessKeySecret } = emulator;
  const headers = { ...withoutMetrics, ...(accepted === undefined ? {} : { "accept-encoding": accepted }) };
  const signed = await createSigner()(
    signableRequest({ method: "GET", url, headers }),
    { kind: "access-key", accessKeyId, accessKeySecret },
    new Date(),
  );
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { ...headers, ...signed } }, (response) => {
      const pieces: Uint8Array[] = [];
      response.on("data", (piece: Uint8Array) => pieces.push(piece));
      response.on("end", () =>
        resolve({ encoding: response.headers["content-encoding"], bytes: Buffer.concat(pieces) }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}
