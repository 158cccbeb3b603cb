import { TesteeError } from "./testee-error.ts";

/** Bytes of a hexadecimal text in either case. */
export function fromHex(text: unknown, what: string): Uint8Array {
  if (typeof text !== "string" || !/^(?:[0-9a-f]{2})*$/i.test(text)) {
    throw new TesteeError("bad-hex", `${what}: Expected pairs of hexadecimal digits, got ${short(text)}`);
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}

/** Lower-case hexadecimal text of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** A JSON value as text, cut to what a message can carry. */
export function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
