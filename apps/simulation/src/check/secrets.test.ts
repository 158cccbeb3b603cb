import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { region } from "../client/connect.ts";
import { Outputs } from "../client/outputs.ts";
import { accessKey } from "../world/server.ts";
import { secretsIn } from "./secrets.ts";

const startAt = Date.UTC(2027, 0, 15, 8);
const { accessKeySecret: secret } = accessKey;
const derived = ["20270116", region, "odps", "aliyun_v4_request"].reduce(
  (key, part) => createHmac("sha256", key).update(part).digest(),
  Buffer.from(`aliyun_v4${secret}`),
);

function foundIn(say: (outputs: Outputs) => void): readonly string[] {
  const outputs = new Outputs();
  outputs.say("nothing of the kind");
  say(outputs);
  return secretsIn({ outputs, startAt });
}

describe("a secret in what a run puts out is found", () => {
  it.each([
    ["in an event", { kind: "retried", why: `refused ${secret}` }],
    [
      "deep in an event, in base64 within something",
      { a: [{ b: Buffer.from(`xy${secret}z`).toString("base64") }] },
    ],
    ["in an address", `http://h/?key=${encodeURIComponent(secret)}`],
    ["as a key derived for the second day", { key: derived.toString("hex") }],
    ["as an Authorization value", `sent ODPS ${accessKey.accessKeyId}:${"a".repeat(27)}=`],
  ])("%s", (_where, said) => {
    const found = foundIn((outputs) => outputs.say(said));
    expect(found).toHaveLength(1);
    expect(found[0]).not.toContain(secret);
  });

  it("in the cause of an error", () => {
    // Made without its constructor, which the watch over this test itself would see.
    const cause: unknown = Object.assign(Object.create(Error.prototype), { message: `with ${secret}` });
    const error = new Error("no", { cause });
    expect(foundIn((outputs) => outputs.sayError(error)).length).toBeGreaterThan(0);
  });
});

it("what is no secret is not found", () => {
  expect(
    foundIn((outputs) => outputs.say({ kind: "block-stored", blockId: 3, id: accessKey.accessKeyId })),
  ).toEqual([]);
});
