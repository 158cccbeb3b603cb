import type { Fault, Operation, Phase, Target } from "../schedule/fault.ts";

/** One request of a client and what became of it, as only the network knows. */
export interface Exchange extends Target {
  /** Which life of the client sent it, from 1. */
  readonly clientLife: number;
  readonly sessionId: string | undefined;
  readonly blockId: number | undefined;
  readonly bodyBytes: number;
  readonly sentAt: number;
  readonly fault: Fault | undefined;
  /** When its last byte reached the server, for each time it did. */
  readonly arrivals: number[];
  /** What the server answered, for each time it did. */
  readonly served: { readonly status: number; readonly at: number }[];
  /** What the client was told; `undefined` while it waits, or for ever. */
  told: Told | undefined;
  toldAt: number | undefined;
}

/** What reaches the client: an answer, whole or not and the server's own or not, or the end of the connection. */
export type Told =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly own: boolean;
      readonly whole: boolean;
      readonly text: string;
    }
  | { readonly kind: "failed" }
  | { readonly kind: "given-up" };

/** Reads what a request is for off its method and its query. */
export function operationOf(method: string, query: URLSearchParams): Operation {
  if (method === "PUT") {
    return "put";
  }
  if (method === "GET") {
    return "look";
  }
  return query.has("uploads") ? "create" : "commit";
}

/** Told as exchanges proceed. */
export type PhaseListener = (exchange: Exchange, phase: Phase) => void;
