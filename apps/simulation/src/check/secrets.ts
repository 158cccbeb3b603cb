import { createHmac } from "node:crypto";
import { region } from "../client/connect.ts";
import { accessKey } from "../world/server.ts";
import type { Facts } from "./facts.ts";

/** Says which secrets stand in what a run put out: the key in any form it travels or is kept in, and signatures. */
export function secretsIn({ outputs, startAt }: Pick<Facts, "outputs" | "startAt">): readonly string[] {
  const found = new Set<string>();
  const needles = needlesOf(startAt);
  for (const text of outputs.texts) {
    for (const [name, needle] of needles) {
      if (text.includes(needle)) {
        found.add(`${name} stands in ${text.slice(0, 60)}…`);
      }
    }
    if (/ODPS [^\s:]+:[A-Za-z0-9+/]{20,}/.test(text)) {
      found.add(`an Authorization value stands in ${text.slice(0, 60)}…`);
    }
  }
  return [...found];
}

const known = new Map<number, readonly (readonly [string, string])[]>();

function needlesOf(startAt: number): readonly (readonly [string, string])[] {
  const day = Math.floor(startAt / 86_400_000);
  const before = known.get(day);
  if (before !== undefined) {
    return before;
  }
  const { accessKeySecret } = accessKey;
  const bytes = Buffer.from(accessKeySecret);
  const derived = [0, 1, 2, 3].flatMap((days) => {
    const date = new Date((day + days) * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
    let key = Buffer.from(`aliyun_v4${accessKeySecret}`);
    for (const part of [date, region, "odps", "aliyun_v4_request"]) {
      key = createHmac("sha256", key).update(part).digest();
    }
    return [
      ["a derived key", key.toString("base64")],
      ["a derived key", key.toString("hex")],
    ] as const;
  });
  const needles = [
    ["the key", accessKeySecret],
    ["the key in base64", bytes.toString("base64").replace(/=+$/, "")],
    ["the key in hexadecimal", bytes.toString("hex")],
    ["the key percent-encoded", encodeURIComponent(accessKeySecret)],
    ...derived,
  ] as const;
  known.set(day, needles);
  return needles;
}
