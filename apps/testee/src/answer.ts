import { isCodecError } from "@maxcompute-tunnel/codec";
import { short } from "./hex.ts";
import { operations } from "./operations.ts";
import { TesteeError } from "./testee-error.ts";

/** The answer to one line; whatever is wrong with it becomes `{ error: { code, message } }`. */
export async function answer(line: Uint8Array): Promise<object> {
  try {
    const request = parse(line);
    const operation = operations.get(request["op"]);
    if (operation === undefined) {
      const known = [...operations.keys()].join(", ");
      throw new TesteeError("unknown-op", `Expected op to be one of ${known}, got ${short(request["op"])}`);
    }
    return await operation(request);
  } catch (error) {
    return {
      error: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) },
    };
  }
}

function parse(line: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch (error) {
    throw new TesteeError(
      "bad-json",
      `Expected a line of JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TesteeError("bad-request", `Expected a JSON object, got ${short(value)}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function codeOf(error: unknown): string {
  if (error instanceof TesteeError || isCodecError(error)) return error.code;
  return "unexpected";
}
