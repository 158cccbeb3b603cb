import { createHmac } from "node:crypto";
import { it } from "vitest";
import { watched } from "../../src/secret-watch/watched.ts";

// Run by the test of the watch only: each of these has to fail, the last one excepted.
const secret = ["planted", "Leak/of", "a+key"].join("=");
createHmac("sha1", secret).update("sign something").digest();
const tell = watched(() => {});

it("an event with the secret in its words", () => tell({ kind: "retried", why: `${secret} was refused` }));

it("an event with an error whose cause quotes the secret", () => {
  const cause = new Error(`at https://h/?key=${encodeURIComponent(secret)}`);
  tell({ kind: "journal-failed", error: new Error("no", { cause }) });
});

it("an event with the secret's bytes deep in it", () => {
  tell({
    kind: "block-stored",
    block: { details: [{ header: Buffer.from(`x${secret}`).toString("base64") }] },
  });
});

it("an event that is nobody's secret", () => tell({ kind: "block-stored", block: { blockId: 1 } }));
