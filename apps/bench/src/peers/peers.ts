import type { Program } from "../harness/contender.ts";
import { installPeer, type Peer, type PeerName } from "./install.ts";

/** The official clients, as far as they are here. */
export type Peers = Readonly<Record<PeerName, Peer>>;

/** @param wanted whether to install them; a quick run does without */
export async function installPeers(wanted: boolean, progress: (text: string) => void): Promise<Peers> {
  const peer = async (name: PeerName): Promise<Peer> => {
    if (!wanted) return { kind: "absent", why: "not asked for" };
    progress(`installing ${name}`);
    return await installPeer(name);
  };
  return { pyodps: await peer("pyodps"), java: await peer("java"), go: await peer("go") };
}

/** A peer's program that serves runs. */
export function peerLoop(
  peer: Peer,
  args: readonly string[],
  env: Readonly<Record<string, string>> = { TZ: "UTC" },
): Program {
  return peer.kind === "absent" ? peer : { kind: "loop", ...peer.command(...args), env };
}

/** A peer's program that is measured from its start to its end. */
export function peerOnce(
  peer: Peer,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { rows, bytes }: { readonly rows: number; readonly bytes: number },
): Program {
  return peer.kind === "absent" ? peer : { kind: "once", ...peer.command(...args), env, rows, bytes };
}
