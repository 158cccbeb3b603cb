import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type RolldownOutput, rolldown } from "rolldown";
import { expect, it } from "vitest";

it("is at most 15 KB minified and gzipped, with all that it pulls in, and pulls in neither ky nor a protobuf", async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("../dist/index.js", import.meta.url)),
    platform: "browser",
  });
  const { output }: RolldownOutput = await bundle.generate({ format: "es", minify: true });
  await bundle.close();
  const [chunk] = output;
  expect(output).toHaveLength(1);
  expect(gzipSync(chunk.code).length).toBeGreaterThan(5 * 1024);
  expect(gzipSync(chunk.code).length).toBeLessThanOrEqual(15 * 1024);
  const used = chunk.moduleIds.filter((id) => chunk.modules[id]?.renderedLength);
  expect(used.filter((id) => /node_modules/.test(id))).toEqual([]);
  expect(
    used.filter((id) => !/packages\/session\//.test(id)).every((id) => /packages\/transport\//.test(id)),
  ).toBe(true);
});
