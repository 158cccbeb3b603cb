import { Refusal } from "../../refusal.ts";

/** Says what is wrong with an Arrow body. */
export function malformed(message: string): Refusal {
  return new Refusal("MalformedDataStream", `The Arrow body is malformed: ${message}.`);
}
