import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { toJsonText } from "../src/json-text.ts";
import { runTestee } from "./testee-process.ts";

interface PackVector {
  readonly name: string;
  readonly schema: readonly { readonly name: string; readonly type: string }[];
  readonly records: readonly (readonly unknown[])[];
  readonly hex: string;
}

interface SigningVector {
  readonly name: string;
  readonly method: string;
  readonly endpoint: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly string_to_sign: string;
  readonly access_key_id: string;
  readonly access_key_secret: string;
  readonly authorization_v1: string;
  readonly authorization_v4_region_cn_hangzhou_date_20240102: string;
}

interface FrameVector {
  readonly name: string;
  readonly chunk_size: number;
  readonly payload_hex?: string;
  readonly payload_parts_hex?: readonly string[];
  readonly framed_hex?: string;
}

interface Case {
  readonly name: string;
  readonly request: object;
  readonly answer: object;
}

function golden<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${file}.json`, import.meta.url), "utf8")) as T;
}

const packs = golden<{ readonly vectors: readonly PackVector[] }>("record-packs").vectors;
const captures = golden<{ readonly vectors: readonly PackVector[] }>("server-captures").vectors;
const downloads = golden<{ readonly vectors: readonly PackVector[] }>("download-streams").vectors;
const checksums = golden<{ readonly vectors: readonly { readonly hex: string; readonly crc32c: number }[] }>(
  "crc32c",
).vectors;
const signing = golden<{ readonly cases: readonly SigningVector[] }>("signing").cases;
const frames = golden<{ readonly vectors: readonly FrameVector[] }>("arrow-framing").vectors.flatMap(
  ({ name, chunk_size: chunkSize, payload_hex, payload_parts_hex, framed_hex }) => {
    const payload = payload_hex ?? payload_parts_hex?.join("");
    return payload === undefined || framed_hex === undefined
      ? []
      : [{ name, chunkSize, payload, framed_hex }];
  },
);

/** The bodies that PyODPS made; `payload` is checked by length and by being framed to the same bytes again. */
const batches = golden<{
  readonly vectors: readonly {
    readonly name: string;
    readonly chunk_size: number;
    readonly payload_length: number;
    readonly framed_base64?: string;
  }[];
}>("arrow-batches").vectors.flatMap(({ framed_base64, ...rest }) =>
  framed_base64 === undefined
    ? []
    : [{ ...rest, framedHex: Buffer.from(framed_base64, "base64").toString("hex") }],
);

const cases: readonly Case[] = [
  ...packs.map(({ name, schema, records, hex }) => ({
    name: `encodes ${name}`,
    request: { op: "encode", schema, records },
    answer: { hex },
  })),
  ...[...packs, ...captures, ...downloads].map(({ name, schema, records, hex }) => ({
    name: `decodes ${name}`,
    request: { op: "decode", schema, hex },
    answer: { records },
  })),
  ...checksums.map(({ hex, crc32c }) => ({
    name: `sums ${hex === "" ? "nothing" : hex}`,
    request: { op: "crc32c", hex },
    answer: { crc32c },
  })),
  ...signing.flatMap((vector) => {
    const request = {
      op: "sign",
      region: "cn-hangzhou",
      date: "20240102",
      method: vector.method,
      endpoint: vector.endpoint,
      url: vector.url,
      headers: vector.headers,
      accessKeyId: vector.access_key_id,
      accessKeySecret: vector.access_key_secret,
    };
    const stringToSign = vector.string_to_sign;
    return [
      {
        name: `signs ${vector.name} with V1`,
        request: { ...request, version: "v1" },
        answer: { authorization: vector.authorization_v1, stringToSign },
      },
      {
        name: `signs ${vector.name} with V4`,
        request: { ...request, version: "v4" },
        answer: { authorization: vector.authorization_v4_region_cn_hangzhou_date_20240102, stringToSign },
      },
    ];
  }),
  ...frames.flatMap(({ name, chunkSize, payload, framed_hex }) => [
    {
      name: `frames ${name}`,
      request: { op: "arrow-frame", chunkSize, hex: payload },
      answer: { hex: framed_hex },
    },
    {
      name: `unframes ${name}`,
      request: { op: "arrow-unframe", chunkSize, hex: framed_hex },
      answer: { hex: payload },
    },
  ]),
];

describe("the vectors through the real process", () => {
  let answers: readonly unknown[];
  let unframed: readonly { readonly hex: string }[];
  let framedAgain: readonly unknown[];

  beforeAll(async () => {
    answers = (await runTestee(cases.map(({ request }) => toJsonText(request)).join("\n"))).answers;
    unframed = (
      await runTestee(
        batches.map(({ framedHex }) => JSON.stringify({ op: "arrow-unframe", hex: framedHex })).join("\n"),
      )
    ).answers as readonly { readonly hex: string }[];
    framedAgain = (
      await runTestee(
        batches
          .map(({ chunk_size }, index) =>
            JSON.stringify({ op: "arrow-frame", chunkSize: chunk_size, hex: unframed[index]?.hex }),
          )
          .join("\n"),
      )
    ).answers;
  });

  it("has as many answers as cases", () => {
    expect(answers.length).toBe(cases.length);
  });

  for (const [index, { name, answer }] of cases.entries()) {
    it(name, () => expect(answers[index]).toEqual(answer));
  }

  it("frames 70000 bytes in chunks of 65536 by default", async () => {
    const payload = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
    const hex = Buffer.from(payload).toString("hex");
    const { answers } = await runTestee(JSON.stringify({ op: "arrow-frame", hex }));
    const [{ hex: framed }] = answers as readonly [{ readonly hex: string }];
    expect(framed.length).toBe(2 * 70_012);
    expect(framed.slice(0, 24)).toBe("000100000001020304050607");
    // The checksum of the first chunk stands behind its 65536 bytes, that of everything at the end.
    expect(Number.parseInt(framed.slice(8 + 2 * 65_536, 16 + 2 * 65_536), 16)).toBe(229309662);
    expect(Number.parseInt(framed.slice(-8), 16)).toBe(2391052550);
  });

  for (const [index, { name, payload_length, framedHex }] of batches.entries()) {
    it(`unframes and frames Arrow batches: ${name}`, () => {
      expect(unframed[index]?.hex.length).toBe(2 * payload_length);
      expect(framedAgain[index]).toEqual({ hex: framedHex });
    });
  }
});
