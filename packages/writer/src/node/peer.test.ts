import { expect, it } from "vitest";
import { loadPeer } from "./peer.ts";

it("says which package to install when an optional one is missing", async () => {
  const cause = new Error("Cannot find package 'snappy'");
  await expect(loadPeer("snappy", () => Promise.reject(cause))).rejects.toMatchObject({
    name: "WriterError",
    code: "compressor-missing",
    message:
      "This compressor needs the npm package snappy, which cannot be loaded; install it beside @maxcompute-tunnel/writer",
    cause,
  });
});

it("gives the package when it is there", async () => {
  expect(await loadPeer("anything", async () => ({ works: true }))).toEqual({ works: true });
});
