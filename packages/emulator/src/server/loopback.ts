/** True for an address that only this machine can reach; a name other than `localhost` may mean anything. */
export function isLoopback(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, "$1").replace(/^::ffff:(?=\d+\.)/i, "");
  return bare === "localhost" || bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare);
}

/** True for an address that means every interface of the machine. */
export function isWildcard(address: string): boolean {
  return ["0.0.0.0", "::", "[::]", ""].includes(address);
}

/** `host:port` as a URL has it, for a client on this machine. */
export function reachableAt(address: string, port: number): string {
  const host = isWildcard(address) ? "127.0.0.1" : address;
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}
