import type { InputSurvey } from "./format.ts";
import type { TextLayout } from "./text-layout.ts";

/** Encodes the beginning of a text to see how many bytes it makes. */
export function sampleText(
  text: Uint8Array,
  layout: TextLayout,
): Pick<InputSurvey, "unit" | "encodedPerUnit"> {
  const pack = layout.open(() => undefined);
  pack.push(text.subarray(0, sampleBytes));
  const { consumedBytes, byteLength } = pack;
  // A text of rejects only, or of less than one record, says nothing.
  const encodedPerUnit = consumedBytes === 0 || byteLength === 0 ? 1 : byteLength / consumedBytes;
  return { unit: "bytes", encodedPerUnit };
}

const sampleBytes = 256 * 1024;
